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

    /// Takes the memory of its windows for this value alone, which is quicker and after which it must not be copied.
    ///
    /// Loops over columns do this with their own copy. Whoever has windows passes it on to them; where that is forgotten,
    /// the loop is slower.
    mutating func hold()
}

extension StreamingIndicator {
    public mutating func hold() {}

    /// The outputs for a column of inputs, starting from this state.
    public func map(over inputs: some Sequence<Input>) -> [Output] {
        var indicator = self
        return inputs.map { indicator.update($0) }
    }
}
