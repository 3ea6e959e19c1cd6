internal import CTorch

extension Tensor {
    /// What an LSTM gives: `output [batch, time, hidden]`, and the last states `[layers, batch, hidden]`.
    ///
    /// In both directions the output has twice the width, and there are two states a layer.
    public struct LSTMResult {
        public let output: Tensor
        public let hidden: Tensor
        public let cell: Tensor
    }

    /// A long short-term memory over `self [batch, time, feature]`, with PyTorch's gate order i, f, g, o.
    ///
    /// - Parameters:
    ///   - hidden: the first hidden state, `[layers, batch, hidden]`.
    ///   - cell: the first cell state, of the same shape.
    ///   - bidirectional: whether a second pass goes backwards; its parameters follow those of each layer.
    ///   - parameters: for each layer `weight_ih [4·hidden, inputs]`, `weight_hh [4·hidden, hidden]`, `bias_ih` and
    ///     `bias_hh [4·hidden]`.
    /// - Returns: the upper layer's hidden state at each time, and the last states of all layers.
    /// - Throws: ``TensorError`` when shapes or types do not fit each other.
    public func lstm(
        hidden: Tensor, cell: Tensor, bidirectional: Bool = false, parameters: [Tensor]
    ) throws(TensorError) -> LSTMResult {
        var output: OpaquePointer?
        var lastHidden: OpaquePointer?
        var lastCell: OpaquePointer?
        try Tensor.check("lstm", [self, hidden, cell] + parameters) {
            ctorch_lstm(
                handle, hidden.handle, cell.handle, parameters.handles, Int32(parameters.count),
                Int32(parameters.count / (bidirectional ? 8 : 4)), bidirectional ? 1 : 0, &output, &lastHidden,
                &lastCell)
        }
        // The door fills all three when it answers 0.
        return LSTMResult(
            output: Tensor(owning: output!), hidden: Tensor(owning: lastHidden!), cell: Tensor(owning: lastCell!))
    }

    /// What a GRU gives: `output [batch, time, hidden]`, and the last states `[layers, batch, hidden]`.
    public struct GRUResult {
        public let output: Tensor
        public let hidden: Tensor
    }

    /// A gated recurrent unit over `self [batch, time, feature]`, with PyTorch's gate order r, z, n.
    ///
    /// - Parameters:
    ///   - hidden: the first hidden state, `[layers, batch, hidden]`.
    ///   - parameters: for each layer `weight_ih [3·hidden, inputs]`, `weight_hh [3·hidden, hidden]`, `bias_ih` and
    ///     `bias_hh [3·hidden]`.
    /// - Returns: the upper layer's hidden state at each time, and the last states of all layers.
    /// - Throws: ``TensorError`` when shapes or types do not fit each other.
    public func gru(hidden: Tensor, parameters: [Tensor]) throws(TensorError) -> GRUResult {
        var output: OpaquePointer?
        var lastHidden: OpaquePointer?
        try Tensor.check("gru", [self, hidden] + parameters) {
            ctorch_gru(
                handle, hidden.handle, parameters.handles, Int32(parameters.count), Int32(parameters.count / 4),
                &output, &lastHidden)
        }
        // The door fills both when it answers 0.
        return GRUResult(output: Tensor(owning: output!), hidden: Tensor(owning: lastHidden!))
    }
}
