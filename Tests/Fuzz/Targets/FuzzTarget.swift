internal import Schema

/// A reader of outside bytes, and inputs to begin with.
public struct FuzzTarget: Sendable {
    public let name: String
    /// Well-formed inputs; every one of them must be read.
    public let seeds: [Seed]
    /// Reads an input of a kind; `true` when it was read, `false` when it was refused by a typed error.
    public let read: @Sendable (_ kind: Int, _ bytes: [UInt8]) async -> Bool

    public init(_ name: String, seeds: [Seed], read: @escaping @Sendable (Int, [UInt8]) async -> Bool) {
        self.name = name
        self.seeds = seeds
        self.read = read
    }

    /// Reads damaged inputs number `first` and following; a crash ends the process.
    ///
    /// Each input has a generator of its own, so any one can be had again by its number. `clock` finds the slowest one.
    public func run<C: Clock>(
        inputs: Int, first: Int = 0, seed: UInt64, clock: C, progress: (Int) -> Void = { _ in }
    ) async -> FuzzReport where C.Duration == Duration {
        let mutator = Mutator(seeds: seeds)
        var report = FuzzReport(name: name, seeds: seeds.count)
        for number in first..<(first + inputs) {
            if number.isMultiple(of: 10_000) { progress(number) }
            var random = SplitMix64(seed: seed &+ UInt64(number))
            let (kind, bytes) = mutator.next(using: &random)
            let start = clock.now
            let wasRead = await read(kind, bytes)
            report.add(number: number, wasRead: wasRead, bytes: bytes.count, time: start.duration(to: clock.now))
        }
        return report
    }
}

/// What came of a target's inputs.
public struct FuzzReport: Sendable {
    public let name: String
    public let seeds: Int
    public private(set) var inputs = 0
    public private(set) var bytes = 0
    /// Inputs that still were what they should be.
    public private(set) var read = 0
    public private(set) var slowest = Duration.zero
    /// The number of the slowest input.
    public private(set) var slowestNumber = 0

    init(name: String, seeds: Int) { (self.name, self.seeds) = (name, seeds) }

    mutating func add(number: Int, wasRead: Bool, bytes: Int, time: Duration) {
        inputs += 1
        self.bytes += bytes
        if wasRead { read += 1 }
        if time > slowest { (slowest, slowestNumber) = (time, number) }
    }
}

extension FuzzReport: CustomStringConvertible {
    public var description: String {
        "\(name): \(inputs) inputs of \(seeds) seeds, \(bytes) bytes, \(read) read, \(inputs - read) refused, "
            + "slowest \(slowest) (number \(slowestNumber))"
    }
}
