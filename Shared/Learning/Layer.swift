public import Tensor

/// A tensor with its name, as in a PyTorch state dictionary.
public typealias NamedTensor = (name: String, value: Tensor)

/// A part of a model: a value that holds its parameters.
///
/// Copies of a layer share their tensors, as references do.
public protocol Layer: Sendable {
    /// The trained tensors in a fixed order, with PyTorch's names.
    var parameters: [NamedTensor] { get }
}

extension Layer {
    /// The parameters as a part called `name` of a larger model, for example `name.weight`.
    public func parameters(of name: String) -> [NamedTensor] {
        parameters.map { ("\(name).\($0.name)", $0.value) }
    }

    /// The number of trained numbers.
    public var parameterCount: Int { parameters.reduce(0) { $0 + $1.value.count } }
}
