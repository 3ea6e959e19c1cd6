import Schema
import Tensor
import Testing

@Suite("Tensor")
struct TensorTests {
    @Test("A matrix product of shapes that do not fit throws and names both shapes")
    func mismatchedMatmul() throws {
        let left = try Tensor.zeros([2, 3])
        let right = try Tensor.zeros([4, 5])
        let error = try #require(throws: TensorError.self) { try left.matmul(right) }
        #expect(error.operation == "matmul")
        #expect(error.shapes == [[2, 3], [4, 5]])
        #expect(error.description.contains("[2, 3], [4, 5]"))
        #expect(!error.reason.isEmpty)
    }

    @Test("No operation crashes on shapes, indices or counts that do not fit: each throws")
    func everyRefusalIsAnError() throws {
        let matrix = try Tensor.zeros([2, 3])
        let cube = try Tensor.zeros([2, 3, 4])
        let labels = try Tensor([Int64(0), 9], shape: [2])
        let calls: [(String, () throws(TensorError) -> Void)] = [
            ("too few elements", { () throws(TensorError) in _ = try Tensor([Float(1)], shape: [2]) }),
            ("a negative dimension", { () throws(TensorError) in _ = try Tensor([Float](), shape: [-1]) }),
            ("an overflow", { () throws(TensorError) in _ = try Tensor([Float](), shape: [.max, .max]) }),
            ("too much memory", { () throws(TensorError) in _ = try Tensor.zeros([1 << 40, 1 << 10]) }),
            ("a rank of 20", { () throws(TensorError) in _ = try Tensor.zeros(Array(repeating: 1, count: 20)) }),
            ("+", { () throws(TensorError) in _ = try matrix + Tensor.zeros([4]) }),
            ("-", { () throws(TensorError) in _ = try matrix - Tensor.zeros([4]) }),
            ("*", { () throws(TensorError) in _ = try matrix * Tensor.zeros([4]) }),
            ("linear", { () throws(TensorError) in _ = try matrix.linear(weight: Tensor.zeros([5, 4]), bias: nil) }),
            ("reshaped", { () throws(TensorError) in _ = try matrix.reshaped([7]) }),
            ("transposed", { () throws(TensorError) in _ = try matrix.transposed(0, 5) }),
            ("selected", { () throws(TensorError) in _ = try matrix.selected(dimension: 0, index: 2) }),
            ("narrowed", { () throws(TensorError) in _ = try matrix.narrowed(dimension: 1, to: 2..<9) }),
            ("concatenated", { () throws(TensorError) in _ = try Tensor.concatenated([], dimension: 0) }),
            ("concatenated", { () throws(TensorError) in _ = try Tensor.concatenated([matrix, cube], dimension: 0) }),
            ("softmax", { () throws(TensorError) in _ = try matrix.softmax(dimension: 2) }),
            ("mean", { () throws(TensorError) in _ = try matrix.mean(dimension: -3) }),
            ("sum", { () throws(TensorError) in _ = try matrix.sum(dimension: 2) }),
            ("layerNorm", { () throws(TensorError) in _ = try matrix.layerNorm(weight: cube, bias: nil) }),
            ("dropout", { () throws(TensorError) in _ = try matrix.dropout(mask: Tensor.zeros([3]), kept: 0.5) }),
            ("dropout", { () throws(TensorError) in _ = try matrix.dropout(mask: matrix, kept: 0) }),
            ("lstm", { () throws(TensorError) in _ = try matrix.lstm(hidden: cube, cell: cube, parameters: []) }),
            (
                "lstm",
                { () throws(TensorError) in
                    let state = try Tensor.zeros([1, 2, 6])
                    let (wide, flat) = (try Tensor.zeros([24, 9]), try Tensor.zeros([24]))
                    _ = try cube.lstm(hidden: state, cell: state, parameters: [wide, wide, flat, flat])
                }
            ),
            ("targets", { () throws(TensorError) in _ = try matrix.binaryCrossEntropy(Tensor.zeros([2])) }),
            ("a class beyond the last", { () throws(TensorError) in _ = try matrix.crossEntropy(labels) }),
            ("item", { () throws(TensorError) in _ = try matrix.item() }),
            ("assign", { () throws(TensorError) in try matrix.assign(cube) }),
            ("backward without history", { () throws(TensorError) in try matrix.sum().backward() }),
            ("a gradient of integers", { () throws(TensorError) in try labels.requiringGradient() }),
            (
                "an inverted range",
                { () throws(TensorError) in
                    _ = try Tensor.uniform(0...(.infinity), shape: [1], using: TensorGenerator(seed: 1))
                }
            ),
        ]
        for (name, call) in calls {
            #expect(throws: TensorError.self, "\(name)") { try call() }
        }
    }

    @Test("Elements come out as they went in, of each type")
    func roundTrip() throws {
        #expect(try Tensor([Float(1), 2, 3, 4, 5, 6], shape: [2, 3]).floats() == [1, 2, 3, 4, 5, 6])
        #expect(try Tensor([0.1, -0.2], shape: [2, 1]).doubles() == [0.1, -0.2])
        #expect(try Tensor([Int64.max, .min], shape: [2]).integers() == [.max, .min])
        #expect(try Tensor.full(7, shape: []).item() == 7)
        #expect(try Tensor.zeros([0, 3]).floats().isEmpty)
        #expect(try Tensor([0.5], shape: [1]).elementType == .float64)
    }

    @Test("Reshaping, exchanging, selecting, narrowing and joining put each element where it belongs")
    func shapes() throws {
        let x = try Tensor([Float(1), 2, 3, 4, 5, 6], shape: [2, 3])
        #expect(try x.transposed(0, 1).floats() == [1, 4, 2, 5, 3, 6])
        #expect(try x.reshaped([3, 2]).selected(dimension: 0, index: -1).floats() == [5, 6])
        #expect(try x.narrowed(dimension: 1, to: 1..<3).floats() == [2, 3, 5, 6])
        #expect(try Tensor.concatenated([x, x], dimension: 1).floats() == [1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6])
        #expect(try x.sum(dimension: 0).floats() == [5, 7, 9])
        #expect(try x.mean(dimension: 1).floats() == [2, 5])
        #expect(try x.matmul(x.transposed(0, 1)).floats() == [14, 32, 32, 77])
        #expect(try (x * 2 - x).floats() == x.floats())
    }

    @Test("One seed draws the same numbers, another seed others, and no global state matters")
    func seeded() throws {
        let first = try Tensor.uniform(-1...1, shape: [100], using: TensorGenerator(seed: 7)).floats()
        _ = try Tensor.uniform(-1...1, shape: [100], using: TensorGenerator(seed: 8))
        #expect(try Tensor.uniform(-1...1, shape: [100], using: TensorGenerator(seed: 7)).floats() == first)
        #expect(try Tensor.uniform(-1...1, shape: [100], using: TensorGenerator(seed: 8)).floats() != first)
        let mask = try Tensor.bernoulli(0.8, shape: [10_000], using: TensorGenerator(seed: 1)).floats()
        #expect(mask.allSatisfy { $0 == 0 || $0 == 1 })
        #expect(abs(mask.reduce(0, +) / 10_000 - 0.8) < 0.02)
    }

    @Test("Nothing is recorded inside withoutGradient, and recording goes on after it")
    func gradientMode() throws {
        let x = try Tensor([Float(3)], shape: [1]).requiringGradient()
        let silent = try withoutGradient { () throws(TensorError) in try (x * x).sum() }
        #expect(throws: TensorError.self) { try silent.backward() }
        try (x * x).sum().backward()
        #expect(try x.gradient?.floats() == [6])
        x.clearGradient()
        #expect(x.gradient == nil)
    }

    @Test("withThreads sets the calling thread's number, and gives the earlier one back even after an error")
    func threads() throws {
        let before = Torch.threads
        #expect(Torch.withThreads(3) { Torch.threads } == 3)
        #expect(throws: TensorError.self) {
            try Torch.withThreads(2) { () throws(TensorError) in _ = try Tensor.zeros([2]).matmul(Tensor.zeros([3])) }
        }
        #expect(Torch.threads == before)
    }

    @Test("The library is the version that was built against, and takes the memory setting")
    func library() {
        #expect(Torch.version.hasPrefix("2."))
        #expect(Torch.keepLargeBlocks())
    }
}
