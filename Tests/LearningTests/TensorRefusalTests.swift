import Tensor
import Testing

@Suite("What tensors refuse")
struct TensorRefusalTests {
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
            ("dropout", { () throws(TensorError) in _ = try matrix.dropout(1, seed: 1) }),
            ("dropout", { () throws(TensorError) in _ = try Tensor([Int64(1)], shape: [1]).dropout(0.5, seed: 1) }),
            ("gatedLinearUnit", { () throws(TensorError) in _ = try Tensor.zeros([2, 3]).gatedLinearUnit() }),
            ("addingProduct", { () throws(TensorError) in _ = try matrix.adding(productOf: matrix, cube) }),
            ("lstm", { () throws(TensorError) in _ = try matrix.lstm(hidden: cube, cell: cube, parameters: []) }),
            (
                "lstm",
                { () throws(TensorError) in
                    let state = try Tensor.zeros([1, 2, 6])
                    let (wide, flat) = (try Tensor.zeros([24, 9]), try Tensor.zeros([24]))
                    _ = try cube.lstm(hidden: state, cell: state, parameters: [wide, wide, flat, flat])
                }
            ),
            ("/", { () throws(TensorError) in _ = try matrix / Tensor.zeros([4]) }),
            ("maximum", { () throws(TensorError) in _ = try matrix.maximum(Tensor.zeros([4])) }),
            ("maximum over", { () throws(TensorError) in _ = try matrix.maximum(dimension: 2) }),
            ("minimum", { () throws(TensorError) in _ = try matrix.minimum(Tensor.zeros([4])) }),
            ("argumentOfMaximum", { () throws(TensorError) in _ = try matrix.argumentOfMaximum(dimension: 2) }),
            ("stacked", { () throws(TensorError) in _ = try Tensor.stacked([matrix, cube], dimension: 0) }),
            ("unsqueezed", { () throws(TensorError) in _ = try matrix.unsqueezed(4) }),
            (
                "gathered beyond the end",
                { () throws(TensorError) in
                    _ = try matrix.gathered(dimension: 1, at: Tensor([Int64(3), 0], shape: [2, 1]))
                }
            ),
            (
                "slices beyond the end",
                { () throws(TensorError) in
                    _ = try matrix.slices(dimension: 0, at: Tensor([Int64(2)], shape: [1]))
                }
            ),
            ("slices by floats", { () throws(TensorError) in _ = try matrix.slices(dimension: 0, at: matrix) }),
            ("windows beyond the end", { () throws(TensorError) in _ = try matrix.windows(dimension: 1, length: 9) }),
            ("windows of nothing", { () throws(TensorError) in _ = try matrix.windows(dimension: 7, length: 1) }),
            ("gathered by floats", { () throws(TensorError) in _ = try matrix.gathered(dimension: 1, at: matrix) }),
            (
                "convolution without groups",
                { () throws(TensorError) in
                    _ = try cube.convolution(weight: Tensor.zeros([1, 3, 1]), bias: nil, groups: 0)
                }
            ),
            (
                "convolution of other channels",
                { () throws(TensorError) in _ = try cube.convolution(weight: Tensor.zeros([1, 2, 1]), bias: nil) }
            ),
            (
                "convolution longer than its input",
                { () throws(TensorError) in _ = try cube.convolution(weight: Tensor.zeros([1, 3, 9]), bias: nil) }
            ),
            (
                "convolution of a matrix",
                { () throws(TensorError) in _ = try matrix.convolution(weight: cube, bias: nil) }
            ),
            ("maximumPool", { () throws(TensorError) in _ = try cube.maximumPool(kernel: 0, stride: 1) }),
            ("averagePool", { () throws(TensorError) in _ = try cube.averagePool(kernel: 9, stride: 1) }),
            ("averagePool", { () throws(TensorError) in _ = try cube.averagePool(kernel: 2, stride: 0) }),
            (
                "batchNorm of other channels",
                { () throws(TensorError) in
                    let four = try Tensor.zeros([4])
                    _ = try cube.batchNorm(
                        .init(weight: four, bias: four, runningMean: four, runningVariance: four), learning: nil)
                }
            ),
            (
                "batchNorm of one value",
                { () throws(TensorError) in
                    let two = try Tensor.zeros([2])
                    _ = try Tensor.zeros([1, 2]).batchNorm(
                        .init(weight: two, bias: two, runningMean: two, runningVariance: two), learning: 0.1)
                }
            ),
            (
                "attention",
                { () throws(TensorError) in
                    let (queries, keys) = (try Tensor.zeros([1, 2, 3, 4]), try Tensor.zeros([1, 1, 3, 4]))
                    _ = try queries.attention(keys: keys, values: keys)
                }
            ),
            (
                "attention of matrices",
                { () throws(TensorError) in _ = try matrix.attention(keys: matrix, values: matrix) }
            ),
            (
                "attention with another mask",
                { () throws(TensorError) in
                    let x = try Tensor.zeros([1, 2, 3, 4])
                    _ = try x.attention(keys: x, values: x, mask: Tensor.zeros([5, 5]))
                }
            ),
            (
                "gru",
                { () throws(TensorError) in
                    let (wide, flat) = (try Tensor.zeros([24, 4]), try Tensor.zeros([24]))
                    _ = try cube.gru(hidden: Tensor.zeros([1, 2, 6]), parameters: [wide, wide, flat, flat])
                }
            ),
            ("huber", { () throws(TensorError) in _ = try matrix.huber(cube, delta: 1) }),
            ("huber", { () throws(TensorError) in _ = try matrix.huber(matrix, delta: 0) }),
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

    @Test(
        "Empty and odd shapes end in a result or an error, never the process",
        arguments: [
            [], [0], [3], [0, 3], [2, 0], [0, 2, 3], [2, 0, 3], [2, 3, 0], [1, 1, 1], [1, 2, 3, 0], [1, 1, 0, 4],
        ])
    func degenerate(shape: [Int]) throws {
        let x = try Tensor.full(0.5, shape: shape)
        let index = try Tensor.full(0, shape: shape, type: .int64)
        let count = shape.count > 1 ? shape[1] : 1
        let channels = try Tensor.full(1, shape: [count])
        let statistics = Tensor.BatchStatistics(
            weight: channels, bias: channels, runningMean: channels, runningVariance: channels)
        let state = try Tensor.zeros([1, shape.first ?? 1, 2])
        let features = shape.last ?? 1
        func recurrent(_ gates: Int) throws -> [Tensor] {
            try [[gates * 2, features], [gates * 2, 2], [gates * 2], [gates * 2]].map { try Tensor.zeros($0) }
        }
        let calls: [(String, () throws -> Tensor)] = [
            ("/", { try x / x }), ("maximum", { try x.maximum(x) }), ("minimum", { try x.minimum(index) }),
            ("maximum over", { try x.maximum(dimension: -1) }), ("argument", { try x.argumentOfMaximum(dimension: 0) }),
            ("power", { try x.power(.nan) }), ("softmax", { try x.logSoftmax(dimension: 0) }),
            ("stacked", { try Tensor.stacked([x, x], dimension: 0) }), ("unsqueezed", { try x.unsqueezed(-9) }),
            ("gathered", { try x.gathered(dimension: 0, at: index) }),
            ("slices", { try x.slices(dimension: 0, at: index) }),
            ("windows", { try x.windows(dimension: -1, length: .max) }),
            ("windows", { try x.windows(dimension: 0, length: -1) }),
            ("converted", { try x.converted(to: .int64) }),
            ("convolution", { try x.convolution(weight: Tensor.zeros([1, count, 1]), bias: nil) }),
            ("convolution", { try x.convolution(weight: x, bias: nil, stride: .max, dilation: .max) }),
            ("maximumPool", { try x.maximumPool(kernel: 1, stride: .max) }),
            ("averagePool", { try x.averagePool(kernel: .max, stride: 1) }),
            ("batchNorm", { try x.batchNorm(statistics, learning: nil) }),
            ("batchNorm", { try x.batchNorm(statistics, learning: 0.1) }),
            ("attention", { try x.attention(keys: x, values: x) }),
            ("lstm", { try x.lstm(hidden: state, cell: state, parameters: recurrent(4)).output }),
            ("gru", { try x.gru(hidden: state, parameters: recurrent(3)).output }),
            ("huber", { try x.huber(x, delta: .nan) }), ("crossEntropy", { try x.crossEntropy(index) }),
        ]
        for (name, call) in calls {
            do {
                #expect(try call().count >= 0, "\(name)")
            } catch let error as TensorError {
                #expect(!error.reason.isEmpty, "\(name)")
            }
        }
    }
}
