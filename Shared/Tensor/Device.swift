internal import CTorch

/// Where the elements of a tensor are, and its operations run.
public enum Device: Sendable, Hashable {
    /// The processor.
    case cpu
    /// A card with CUDA; they are counted from 0.
    case cuda(Int)
}

extension Device {
    /// The device that a setting names: `cpu`, `cuda` (the first card) or `cuda:1`.
    ///
    /// - Throws: ``TensorError``, which names the devices that are here, when `text` names none of them.
    public init(_ text: String) throws(TensorError) {
        guard let device = Torch.devices.first(where: { $0.names.contains(text) }) else {
            throw TensorError(
                operation: "Device", shapes: [],
                reason: "there is no device \"\(text.prefix(32))\"; available: "
                    + Torch.devices.map(\.description).joined(separator: ", "))
        }
        self = device
    }

    /// The spellings under which settings may ask for the device.
    private var names: [String] { self == .cuda(0) ? [description, "cuda"] : [description] }

    /// What the C door calls it.
    ///
    /// A card beyond C's numbers is as absent as the largest of them.
    var code: Int32 {
        switch self {
        case .cpu: Int32(CTORCH_CPU)
        case .cuda(let card): card < 0 ? .max : Int32(clamping: card)
        }
    }

    init(code: Int32) { self = code == CTORCH_CPU ? .cpu : .cuda(Int(code)) }
}

extension Device: CustomStringConvertible {
    public var description: String {
        switch self {
        case .cpu: "cpu"
        case .cuda(let card): "cuda:\(card)"
        }
    }
}

extension Torch {
    /// The devices that this libtorch can use here: the processor, then the cards.
    public static var devices: [Device] {
        var cards: Int32 = 0
        // Cannot fail: a libtorch without CUDA has no cards.
        _ = ctorch_cuda_count(&cards)
        return [.cpu] + (0..<Int(cards)).map { .cuda($0) }
    }

    /// Whether tensors can be on `device`; using one that is not available is a ``TensorError``.
    public static func isAvailable(_ device: Device) -> Bool { devices.contains(device) }
}

extension Tensor {
    /// Where the elements are.
    public var device: Device {
        var code = Int32(CTORCH_CPU)
        // Cannot fail: the door makes tensors on the processor and on cards only.
        _ = withExtendedLifetime(self) { ctorch_device(handle, &code) }
        return Device(code: code)
    }

    /// The elements on `device`; the tensor itself when it is there already.
    ///
    /// Gradients flow back through it.
    public func moved(to device: Device) throws(TensorError) -> Tensor {
        try Tensor.make("moved", [self]) { ctorch_to_device(handle, device.code, $0) }
    }

    /// Brings the elements, and the gradient if there is one, to `device`.
    ///
    /// It stays the same tensor: optimizers that hold it, and copies of its layer, go on with it there. Their own
    /// tensors do not follow, so a model is moved before its optimizer is made.
    ///
    /// - Throws: ``TensorError`` when the device is absent or full, or when the tensor was computed from others.
    public func move(to device: Device) throws(TensorError) {
        try Tensor.check("move", [self]) { ctorch_move(handle, device.code) }
    }
}
