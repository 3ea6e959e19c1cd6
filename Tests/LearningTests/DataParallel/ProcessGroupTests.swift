import Foundation
import Schema
import Tensor
import TestTraits
import Testing

@Suite("Process group", .serialized, .longWork)
struct ProcessGroupTests {
    /// Runs `body` on so many ranks.
    private func ranks<Value: Sendable>(
        _ size: Int, timeout: Duration = .seconds(60), _ body: @escaping @Sendable (ProcessGroup) throws -> Value
    ) -> [Result<Value, any Error>] {
        let rendezvous = MemoryRendezvous()
        return onThreads(size) { rank in
            try body(
                ProcessGroup(named: "test", rank: rank, size: size, timeout: timeout, rendezvous: rendezvous))
        }
    }

    @Test("A sum is the sum on every rank, of every type and shape", arguments: [1, 2, 3, 4])
    func sums(size: Int) throws {
        let results = ranks(size) { group in
            let factor = Double(group.rank + 1)
            let tensors = [
                try Tensor((0..<1000).map { Float($0) * Float(factor) }, shape: [10, 100]),
                try Tensor([0.5 * factor], shape: []),
                try Tensor([Int64(factor), 1 << 60], shape: [2]),
                try Tensor((0..<6).map { Float($0) }, shape: [2, 3]).transposed(0, 1),
                try Tensor.zeros([0]),
            ]
            for tensor in tensors { try group.sum(tensor) }
            try group.barrier()
            return try tensors.map { try $0.doubles() }
        }
        let total = Double(size * (size + 1) / 2)
        for result in results {
            let sums = try result.get()
            #expect(sums[0] == (0..<1000).map { Double($0) * total })
            #expect(sums[1] == [0.5 * total])
            #expect(sums[2][0] == total)
            #expect(sums[3] == [0, 3, 1, 4, 2, 5].map { $0 * Double(size) })
            #expect(sums[4].isEmpty)
        }
    }

    @Test("All ranks see whether they have equal numbers", arguments: [1, 3])
    func equality(size: Int) throws {
        let results = ranks(size) { group in
            try [
                group.areEqual([.min, .max, 7]), group.areEqual([1, Int64(group.rank / 2)]),
                group.areEqual([Int64(group.rank)]),
            ]
        }
        for result in results { #expect(try result.get() == [true, size == 1, size == 1]) }
    }

    @Test("Sums that round give the same bits on every rank and in every run")
    func rounding() throws {
        func bits() throws -> [[UInt32]] {
            try ranks(4) { group in
                var random = SplitMix64(seed: UInt64(group.rank))
                let tensor = try Tensor(random.floats(1003), shape: [1003])
                try group.sum(tensor)
                return try tensor.floats().map(\.bitPattern)
            }.map { try $0.get() }
        }
        let first = try bits()
        #expect(first.allSatisfy { $0 == first[0] })
        #expect(try bits() == first)
    }

    @Test("A broadcast gives all ranks the elements of one, parameters too")
    func broadcasts() throws {
        for result in ranks(
            3,
            { group in
                let tensor = try Tensor([Float(group.rank), 7], shape: [2]).requiringGradient()
                try group.broadcast(tensor, from: 2)
                return try tensor.floats()
            })
        {
            #expect(try result.get() == [2, 7])
        }
    }

    @Test("Ranks out of step are all refused, and so is the group from then on")
    func outOfStep() throws {
        let cases: [(String, @Sendable (ProcessGroup) throws -> Void)] = [
            ("counts", { try $0.sum(.zeros([$0.rank == 0 ? 10 : 1000])) }),
            ("types", { try $0.sum(.zeros([8], type: $0.rank == 0 ? .float32 : .float64)) }),
            ("operations", { try $0.rank == 0 ? $0.sum(.zeros([8])) : $0.broadcast(.zeros([8])) }),
            ("roots", { try $0.broadcast(.zeros([8]), from: $0.rank) }),
            ("a barrier", { try $0.rank == 0 ? $0.barrier() : $0.sum(.zeros([8])) }),
            ("none", { try $0.sum(.zeros([$0.rank == 0 ? 0 : 8])) }),
        ]
        for (name, call) in cases {
            let results = ranks(2) { group in
                let first = #expect(throws: TensorError.self, "\(name)") { try call(group) }
                let second = #expect(throws: TensorError.self, "\(name)") { try group.barrier() }
                return [first?.reason ?? "", second?.reason ?? ""]
            }
            for result in results {
                let reasons = try result.get()
                #expect(reasons[0].contains("out of step"), "\(name)")
                #expect(reasons[1].contains("failed before"), "\(name)")
            }
        }
    }

    @Test("A refusal of this rank's own argument leaves the group in step")
    func ownRefusal() throws {
        for result in ranks(
            2,
            { group in
                #expect(throws: TensorError.self) { try group.broadcast(.zeros([1]), from: 2) }
                #expect(throws: TensorError.self) { try group.broadcast(.zeros([1]), from: -1) }
                #expect(throws: TensorError.self) { try group.broadcast(.zeros([1]), from: .max) }
                try group.barrier()
            })
        {
            #expect(throws: Never.self) { try result.get() }
        }
    }

    @Test(
        "A rank that does not come, or is gone, gives the others an error within the timeout", .timeLimit(.minutes(20)))
    func absence() throws {
        let started = ContinuousClock.now
        let late = ranks(2, timeout: .seconds(1)) { group in
            if group.rank == 1 { Thread.sleep(forTimeInterval: 3) }
            try group.barrier()
        }
        for result in late { #expect(throws: TensorError.self) { try result.get() } }
        let gone = ranks(3) { group in
            if group.rank == 1 { return }
            try group.sum(.zeros([1000]))
        }
        #expect(throws: TensorError.self) { try gone[0].get() }
        #expect(throws: TensorError.self) { try gone[2].get() }
        #expect(ContinuousClock.now - started < .seconds(20))
    }

    @Test("What cannot be a group is refused")
    func refusals() throws {
        let calls: [(String, () throws -> Void)] = [
            ("rank", { _ = try group(rank: 2) }), ("rank", { _ = try group(rank: -1) }),
            ("rank", { _ = try group(rank: .max) }), ("size", { _ = try group(size: 0) }),
            ("size", { _ = try group(size: 4000) }), ("timeout", { _ = try group(timeout: .zero) }),
            ("timeout", { _ = try group(timeout: .seconds(-5)) }),
            ("timeout", { _ = try group(timeout: .seconds(Int64.max)) }),
            ("address", { _ = try group(address: "no.such.host.invalid") }),
            ("address", { _ = try group(address: "203.0.113.7") }), ("address", { _ = try group(address: "") }),
        ]
        for (name, call) in calls { #expect(throws: TensorError.self, "\(name)") { try call() } }
    }

    private func group(
        rank: Int = 0, size: Int = 2, address: String = "127.0.0.1", timeout: Duration = .milliseconds(100)
    ) throws -> ProcessGroup {
        try ProcessGroup(
            named: "refused", rank: rank, size: size, at: address, timeout: timeout, rendezvous: MemoryRendezvous())
    }

    @Test("Nobody else comes: the rendezvous' own error says so")
    func alone() throws {
        #expect(throws: MemoryRendezvous.NotThere.self) { try group() }
    }

    @Test("Notes of a group begin with its name, so that another group does not read them")
    func names() throws {
        let rendezvous = MemoryRendezvous()
        for name in ["first", "second"] {
            for result in onThreads(
                2,
                { rank in
                    try ProcessGroup(named: name, rank: rank, size: 2, timeout: .seconds(60), rendezvous: rendezvous)
                        .barrier()
                })
            {
                #expect(throws: Never.self) { try result.get() }
            }
            #expect(rendezvous.keys.contains { $0.hasPrefix("\(name)/") })
        }
        #expect(rendezvous.keys.allSatisfy { $0.hasPrefix("first/") || $0.hasPrefix("second/") })
    }

    @Test("Damaged notes end in an error, never the process", .timeLimit(.minutes(20)))
    func damaged() throws {
        let damages: [@Sendable ([UInt8]) throws -> [UInt8]] = [
            { _ in [] }, { _ in [1] }, { Array($0.dropLast()) }, { $0 + [0] },
            { _ in Array(repeating: 255, count: 1000) }, { Array($0.reversed()) },
            { _ in throw BrokenRendezvous.Broken() },
        ]
        let results = onThreads(damages.count) { number in
            let whole = MemoryRendezvous()
            return onThreads(2) { rank in
                let rendezvous: any Rendezvous =
                    rank == 0 ? BrokenRendezvous(whole: whole, breaks: damages[number]) : whole
                try ProcessGroup(
                    named: "damaged", rank: rank, size: 2, timeout: .seconds(1), rendezvous: rendezvous
                ).barrier()
            }
        }
        for (number, result) in results.enumerated() {
            let ranks = try result.get()
            #expect(throws: (any Error).self, "damage \(number)") { try ranks[0].get() }
        }
    }
}

@Suite("Gradients as one vector")
struct FlatGradientTests {
    @Test("They come back as they went, and a parameter without one stays without")
    func roundTrip() throws {
        let first = try Tensor([Float(1), 2], shape: [2, 1]).requiringGradient()
        let idle = try Tensor([Float(5)], shape: [1]).requiringGradient()
        let last = try Tensor([Float(3)], shape: []).requiringGradient()
        let parameters = [first, idle, last]
        try ((first * first).sum() + last * 10).backward()
        let flat = try Tensor.flatGradients(of: parameters, times: 0.5)
        #expect(try flat.floats() == [1, 2, 0, 5, 1, 0, 1])
        try Tensor.assignGradients(of: parameters, flat * 2)
        #expect(try first.gradient?.floats() == [2, 4] && first.gradient?.shape == [2, 1])
        #expect(idle.gradient == nil)
        #expect(try last.gradient?.floats() == [10])
        try Tensor.assignGradients(of: parameters, Tensor([Float(0), 0, 7, 0, 0, 1, 0], shape: [7]))
        #expect(try idle.gradient?.floats() == [7])
        #expect(first.gradient == nil && last.gradient == nil)
    }

    @Test("What fits no vector is refused")
    func refusals() throws {
        let whole = try Tensor([Float(1), 2], shape: [2]).requiringGradient()
        let wide = try Tensor([1.0], shape: [1]).requiringGradient()
        let calls: [(String, () throws(TensorError) -> Void)] = [
            ("nothing", { () throws(TensorError) in _ = try Tensor.flatGradients(of: [], times: 1) }),
            ("two types", { () throws(TensorError) in _ = try Tensor.flatGradients(of: [whole, wide], times: 1) }),
            ("too few", { () throws(TensorError) in try Tensor.assignGradients(of: [whole], .zeros([2])) }),
            ("too many", { () throws(TensorError) in try Tensor.assignGradients(of: [whole], .zeros([4])) }),
            ("a matrix", { () throws(TensorError) in try Tensor.assignGradients(of: [whole], .zeros([3, 1])) }),
            ("another type", { () throws(TensorError) in try Tensor.assignGradients(of: [wide], .zeros([2])) }),
        ]
        for (name, call) in calls { #expect(throws: TensorError.self, "\(name)") { try call() } }
    }
}
