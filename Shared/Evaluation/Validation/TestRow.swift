public import Models
public import Schema

/// What came true after one row that a model was tested on.
public struct TestRow: Sendable, Hashable {
    public let instrument: Instrument
    /// Of the label; its start is when the features were known, and when a strategy acts.
    public let span: LabelSpan
    /// The label.
    public let isUp: Bool
    /// The simple return of the last bar that the features know.
    public let lastReturn: Double
    /// The simple return that a position earns which is taken at the span's start.
    public let nextReturn: Double
    /// The end of ``nextReturn``, a bar later, when the next row's position replaces this one's.
    public let heldUntil: UnixNanos

    public init(
        instrument: Instrument, span: LabelSpan, isUp: Bool, lastReturn: Double, nextReturn: Double,
        heldUntil: UnixNanos
    ) {
        precondition(span.start < heldUntil, "a position is held for a while")
        (self.instrument, self.span, self.isUp) = (instrument, span, isUp)
        (self.lastReturn, self.nextReturn, self.heldUntil) = (lastReturn, nextReturn, heldUntil)
    }
}

/// The rows that one split tests, and what its training rows say about them.
public struct TestFold: Sendable, Hashable {
    /// By the starts of their spans.
    public let rows: [TestRow]
    /// How many rows were trained on.
    public let trainingRows: Int
    /// The share of ups among the training rows.
    public let trainingUpShare: Double

    public init(rows: [TestRow], trainingRows: Int, trainingUpShare: Double) {
        precondition(!rows.isEmpty && trainingRows > 0, "rows to train on and to test")
        rows.map(\.span).requireOrder()
        (self.rows, self.trainingRows, self.trainingUpShare) = (rows, trainingRows, trainingUpShare)
    }
}
