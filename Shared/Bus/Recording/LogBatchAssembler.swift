public import Schema

/// Puts the items of one publisher's log together to batches.
///
/// A batch that comes again, as after a restart of the publisher, is given once.
public struct LogBatchAssembler: Sendable {
    private var entries: [LogEntry] = []
    private var publisher: UInt64?
    private var lastNumber: UInt64 = 0

    public init() {}

    /// Takes the next item.
    ///
    /// - Returns: The batch that it ends, if it ends one that was not given before.
    /// - Throws: ``BusError/incompleteBatch(number:received:expected:)`` when the batch that ends lacks messages.
    public mutating func take(_ item: BusItem) throws(BusError) -> LogBatch? {
        if publisher != item.envelope.publisher {
            publisher = item.envelope.publisher
            entries = []
        }
        switch item {
        case .heartbeat: return nil
        case .entry(let entry, _):
            if entry.ordinal == 0 { entries = [] }
            // What does not continue the batch shows as a number too small when it ends.
            if entry.ordinal == entries.count { entries.append(entry) }
            return nil
        case .watermark(let watermark, let number, let envelope):
            defer { entries = [] }
            guard number > lastNumber else { return nil }
            guard entries.count == envelope.ordinal else {
                throw .incompleteBatch(number: number, received: entries.count, expected: Int(envelope.ordinal))
            }
            lastNumber = number
            return LogBatch(entries: entries, watermark: watermark, number: number)
        }
    }
}
