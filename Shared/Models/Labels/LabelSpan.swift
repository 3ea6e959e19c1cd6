public import Schema

/// The time that a label looks at, both ends included.
///
/// A label is measured from the price of the moment at which its features were known, so that moment belongs to the span:
/// a label that ends where another begins shares a price with it, and counts as overlapping.
public struct LabelSpan: Codable, Sendable, Hashable {
    /// When the features were known: the close of their bar.
    public let start: UnixNanos
    /// The last moment that decides the label: the close of the last bar that it looks at.
    public let end: UnixNanos

    public init(start: UnixNanos, end: UnixNanos) {
        precondition(start <= end, "a label is decided after its features are known")
        (self.start, self.end) = (start, end)
    }

    /// Whether the two have a moment in common.
    public func overlaps(_ other: Self) -> Bool { start <= other.end && other.start <= end }
}

/// What a model shall say of one row.
public struct Label<Value: Sendable>: Sendable {
    /// The row of the candles whose close is the last that the features know.
    public let row: Int
    public let span: LabelSpan
    public let value: Value

    public init(row: Int, span: LabelSpan, value: Value) {
        (self.row, self.span, self.value) = (row, span, value)
    }
}

extension Label: Equatable where Value: Equatable {}
