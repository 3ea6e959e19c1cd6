/// A number, or several, computed from one input after the other.
///
/// An indicator is a value. Each input costs constant time, on average; its output is `NaN` until enough inputs have
/// come. A whole column is computed by the same steps, so a batch result equals the streamed one bit for bit. The state
/// holds finite numbers only and is `Codable`: a decoded indicator goes on exactly where the encoded one stood.
public protocol StreamingIndicator: Codable, Sendable, Equatable {
    associatedtype Input
    associatedtype Output

    /// Inputs before the first whole output, that one's included.
    var warmUp: Int { get }

    /// Takes the next input and gives the output as of it.
    mutating func update(_ input: Input) -> Output
}

extension StreamingIndicator {
    /// The outputs for a column of inputs, starting from this state.
    public func map(over inputs: some Sequence<Input>) -> [Output] {
        var indicator = self
        return inputs.map { indicator.update($0) }
    }
}
