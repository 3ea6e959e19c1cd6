import Foundation
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

    @Test("Arithmetic goes element by element")
    func arithmetic() throws {
        let x = try Tensor([-2.0, -0.5, 0, 3], shape: [4])
        let y = try Tensor([4.0], shape: [1])
        #expect(try (x / y).doubles() == [-0.5, -0.125, 0, 0.75])
        #expect(try (x + 1).doubles() == [-1, 0.5, 1, 4])
        #expect(try x.maximum(Tensor([0.0, -1, 1, 2], shape: [4])).doubles() == [0, -0.5, 1, 3])
        #expect(try x.minimum(Tensor([0.0, -1, 1, 2], shape: [4])).doubles() == [-2, -1, 0, 2])
        #expect(try x.clamped(to: -1...1).doubles() == [-1, -0.5, 0, 1])
        #expect(try x.power(2).doubles() == [4, 0.25, 0, 9])
        #expect(try x.absolute().doubles() == [2, 0.5, 0, 3])
        #expect(try x.relu().doubles() == [0, 0, 0, 3])
    }

    @Test("Each function of one number has the values of its definition")
    func functions() throws {
        let points = [-2.0, -0.5, 0, 0.7, 3]
        let x = try Tensor(points, shape: [5])
        let cases: [(String, Tensor, (Double) -> Double)] = [
            ("exp", try x.exp(), { exp($0) }), ("log", try x.exp().log(), { $0 }),
            ("elu", try x.elu(), { $0 > 0 ? $0 : exp($0) - 1 }),
            ("gelu", try x.gelu(), { $0 / 2 * (1 + erf($0 / 2.0.squareRoot())) }),
            ("softplus", try x.softplus(), { log(1 + exp($0)) }), ("sigmoid", try x.sigmoid(), { 1 / (1 + exp(-$0)) }),
            ("tanh", try x.tanh(), { tanh($0) }),
        ]
        for (name, values, definition) in cases {
            #expect(largestGap(try values.doubles(), points.map(definition)) < 1e-14, "\(name)")
        }
        let total = points.reduce(0) { $0 + exp($1) }
        #expect(largestGap(try x.softmax(dimension: 0).doubles(), points.map { exp($0) / total }) < 1e-15)
        #expect(largestGap(try x.logSoftmax(dimension: 0).doubles(), points.map { $0 - log(total) }) < 1e-14)
    }

    @Test("The largest element and its place are found along a dimension, and places find elements")
    func places() throws {
        let x = try Tensor([3.0, 1, 2, 4, 6, 5], shape: [2, 3])
        #expect(try x.maximum(dimension: 1).doubles() == [3, 6])
        let best = try x.argumentOfMaximum(dimension: 1)
        #expect(try best.integers() == [0, 1])
        #expect(try x.gathered(dimension: 1, at: best.unsqueezed(1)).doubles() == [3, 6])
        #expect(try Tensor.stacked([x, x * 2], dimension: 1).shape == [2, 2, 3])
        #expect(try Tensor.stacked([x, x * 2], dimension: 1).doubles() == [3, 1, 2, 6, 2, 4, 4, 6, 5, 8, 12, 10])
        #expect(try x.unsqueezed(-1).shape == [2, 3, 1])
        let converted = try best.converted(to: .float32)
        #expect(converted.elementType == .float32)
        #expect(try converted.floats() == [0, 1])
    }

    @Test("Convolutions and pools take the steps that stride, padding, dilation and groups say")
    func convolutions() throws {
        let x = try Tensor([1.0, 2, 3, 4, 5, 6], shape: [1, 1, 6])
        let kernel = try Tensor([1.0, 10], shape: [1, 1, 2])
        func convolved(_ stride: Int, _ padding: Int, _ dilation: Int) throws -> [Double] {
            try x.convolution(weight: kernel, bias: nil, stride: stride, padding: padding, dilation: dilation).doubles()
        }
        #expect(try convolved(1, 0, 1) == [21, 32, 43, 54, 65])
        #expect(try convolved(2, 0, 1) == [21, 43, 65])
        #expect(try convolved(1, 1, 1) == [10, 21, 32, 43, 54, 65, 6])
        #expect(try convolved(1, 0, 3) == [41, 52, 63])
        let pair = try Tensor([1.0, 2, 30, 40], shape: [1, 2, 2])
        let factors = try Tensor([2.0, 3], shape: [2, 1, 1])
        let bias = try Tensor([0.0, 1], shape: [2])
        #expect(try pair.convolution(weight: factors, bias: bias, groups: 2).doubles() == [2, 4, 91, 121])
        #expect(try x.maximumPool(kernel: 2, stride: 2).doubles() == [2, 4, 6])
        #expect(try x.averagePool(kernel: 4, stride: 1).doubles() == [2.5, 3.5, 4.5])
        #expect(try x.averagePool(kernel: 4, stride: 4).doubles() == [2.5])
    }

    @Test("The attention kernel gives the softmax of scaled scores plus mask, times the values")
    func attention() throws {
        var random = SplitMix64(seed: 8)
        let queries = try Tensor(random.doubles(2 * 3 * 4 * 5), shape: [2, 3, 4, 5])
        let keys = try Tensor(random.doubles(2 * 3 * 6 * 5), shape: [2, 3, 6, 5])
        let values = try Tensor(random.doubles(2 * 3 * 6 * 5), shape: [2, 3, 6, 5])
        let mask = try Tensor(random.doubles(4 * 6), shape: [4, 6])
        let scores = try queries.matmul(keys.transposed(2, 3)) * (1 / 5.0.squareRoot()) + mask
        let expected = try scores.softmax(dimension: 3).matmul(values)
        let found = try queries.attention(keys: keys, values: values, mask: mask)
        #expect(try largestGap(found, expected) < 1e-14)
    }

    @Test("One seed draws the same numbers, another seed others, and no global state matters")
    func seeded() throws {
        let first = try Tensor.uniform(-1...1, shape: [100], using: TensorGenerator(seed: 7)).floats()
        _ = try Tensor.uniform(-1...1, shape: [100], using: TensorGenerator(seed: 8))
        #expect(try Tensor.uniform(-1...1, shape: [100], using: TensorGenerator(seed: 7)).floats() == first)
        #expect(try Tensor.uniform(-1...1, shape: [100], using: TensorGenerator(seed: 8)).floats() != first)
    }

    @Test(
        "Dropout leaves out its share, scales the rest, and depends on seed and place alone", arguments: [0, 0.1, 0.5])
    func dropout(share: Double) throws {
        let count = 1_000_003
        let dropped = try Tensor.full(3, shape: [count]).dropout(share, seed: 7).floats()
        let kept = Float(3) * Float(1 / (1 - share))
        #expect(dropped.allSatisfy { $0 == 0 || $0 == kept })
        // Five standard deviations of a binomial share, and the sixteen bits that it is drawn by.
        let width = 5 * (share * (1 - share) / Double(count)).squareRoot() + (share > 0 ? 1.0 / 65_536 : 0)
        #expect(abs(Double(dropped.count { $0 == 0 }) / Double(count) - share) <= width)

        let shorter = try Tensor.full(3, shape: [17, 5]).dropout(share, seed: 7).floats()
        #expect(shorter == Array(dropped.prefix(85)))
        #expect(
            try Tensor.full(3, shape: [85], type: .float64).dropout(share, seed: 7).doubles().map { $0 > 0 }
                == shorter.map { $0 > 0 })
        let other = try Tensor.full(3, shape: [count]).dropout(share, seed: 8).floats()
        let both = zip(dropped, other).count { $0 == 0 && $1 == 0 }
        #expect(abs(Double(both) / Double(count) - share * share) <= 2 * width)
    }

    @Test("Neighbours are left out independently of each other")
    func dropoutNeighbours() throws {
        let dropped = try Tensor.full(1, shape: [400_000]).dropout(0.5, seed: 9).floats().map { $0 == 0 }
        for distance in [1, 2, 3, 4, 8, 64] {
            let together = zip(dropped, dropped.dropFirst(distance)).count { $0 && $1 }
            #expect(abs(Double(together) / Double(dropped.count - distance) - 0.25) < 5 * 0.0007, "\(distance)")
        }
    }

    @Test("A gradient flows through what dropout keeps, with its scale")
    func dropoutGradient() throws {
        let x = try Tensor.full(2, shape: [100]).requiringGradient()
        let dropped = try x.dropout(0.25, seed: 3)
        try dropped.sum().backward()
        #expect(try x.gradient?.floats() == dropped.floats().map { $0 / 2 })
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
