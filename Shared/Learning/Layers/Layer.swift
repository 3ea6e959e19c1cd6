public import Tensor

/// A tensor with its name, as in a PyTorch state dictionary.
public typealias NamedTensor = (name: String, value: Tensor)

/// A part of a model: a value that holds its tensors.
///
/// Copies of a layer share their tensors, as references do.
public protocol Layer: Sendable {
    /// The trained tensors in a fixed order, with PyTorch's names.
    var parameters: [NamedTensor] { get }
    /// Tensors that are kept with the parameters but not trained, such as running statistics.
    var buffers: [NamedTensor] { get }
}

extension Layer {
    public var buffers: [NamedTensor] { [] }

    /// Parameters and buffers: what a file of the model holds.
    public var state: [NamedTensor] { parameters + buffers }

    /// The parameters as a part called `name` of a larger model, for example `name.weight`.
    public func parameters(of name: String) -> [NamedTensor] {
        parameters.map { ("\(name).\($0.name)", $0.value) }
    }

    /// Where the layer's tensors are, and its operations run.
    public var device: Device { state.first?.value.device ?? .cpu }

    /// Brings parameters and buffers to `device`, where they stay the same tensors for all that hold them.
    ///
    /// Move a model before an optimizer or a ``TrainingLoop`` is made for it, since theirs are made where it is then.
    ///
    /// - Throws: ``TensorError`` when the device is absent or full; a part of the layer may be there then.
    public func move(to device: Device) throws(TensorError) {
        for (_, value) in state { try value.move(to: device) }
    }

    /// The number of trained numbers.
    public var parameterCount: Int { parameters.reduce(0) { $0 + $1.value.count } }
}

/// A layer with the name that it has in a larger one.
public typealias NamedLayer = (name: String, layer: any Layer)

/// A layer that is made of others and holds no tensors itself.
public protocol CompositeLayer: Layer {
    /// The layers in a fixed order, each with its name.
    var parts: [NamedLayer] { get }
}

extension CompositeLayer {
    public var parameters: [NamedTensor] { parts.flatMap { part in part.layer.parameters(of: part.name) } }
    public var buffers: [NamedTensor] {
        parts.flatMap { part in part.layer.buffers.map { ("\(part.name).\($0.name)", $0.value) } }
    }
}

extension Array where Element: Layer {
    /// The layers as PyTorch names those of a list: `name.0`, `name.1`, and so on.
    public func parts(of name: String) -> [NamedLayer] {
        enumerated().map { ("\(name).\($0.offset)", $0.element) }
    }
}
