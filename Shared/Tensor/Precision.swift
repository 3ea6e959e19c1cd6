internal import CTorch

/// The numbers in which the products of a model are computed.
public enum Precision: String, Codable, Sendable, CaseIterable {
    /// As its tensors are.
    case float32
    /// With the exponents of `float32` and eight bits of its fraction; faster where the processor or the card has them.
    ///
    /// Parameters, sums of gradients, losses and optimizer stay as they are (Micikevicius and others 2018,
    /// arXiv:1710.03740; Kalamkar and others 2019, arXiv:1905.12322).
    case bfloat16
}

extension Torch {
    /// Runs a forward pass whose matrix products, convolutions, attention and recurrent layers are in `precision`.
    ///
    /// Of the calling thread's operations only those on `device` and devices of its kind are affected, and only until
    /// `body` returns or throws. Tensors that are computed inside may hold no more than bfloat16, whatever their
    /// ``Tensor/elementType`` says; the result is `float32`. The backward pass belongs outside.
    ///
    /// - Parameters:
    ///   - precision: ``Precision/float32`` computes as without this function, also inside another one.
    ///   - device: where the model is.
    ///   - body: the forward pass.
    /// - Returns: what `body` gives.
    /// - Throws: ``TensorError`` when the device is absent, and what `body` throws.
    public static func withAutocast(
        _ precision: Precision, on device: Device, _ body: () throws -> Tensor
    ) throws -> Tensor {
        var previous: Int32 = 0
        try Tensor.check("withAutocast", []) {
            ctorch_set_autocast(device.code, precision == .bfloat16 ? 1 : 0, &previous)
        }
        defer { _ = ctorch_set_autocast(device.code, previous, nil) }
        let result = try body()
        return result.elementType == .float32 ? try result.converted(to: .float32) : result
    }
}
