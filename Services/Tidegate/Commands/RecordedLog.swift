internal import Bus
internal import Schema

/// The batches of a recording from its beginning on, one after the other.
///
/// Asked for something further back, it reads again from the beginning.
final class RecordedLog {
    let information: RecordingInformation
    private let path: String
    private var reader: RecordingReader
    private var position = FeedPosition.start

    init(_ path: String) throws {
        self.path = path
        reader = try RecordingReader(path: path)
        information = try RecordingInformation(parsing: reader.information)
    }

    /// The next batch; `nil` at the end.
    ///
    /// - Throws: ``CommandFailure`` for a batch that does not follow the last, or a recording that is damaged.
    func next() throws -> LogBatch? {
        guard let batch = try reader.nextBatch() else {
            if case .corrupt(let offset)? = reader.tail { throw CommandFailure("\(path) is damaged at byte \(offset)") }
            return nil
        }
        guard batch.watermark.previous == position else {
            throw CommandFailure(
                position == .start
                    ? "\(path) does not begin with the feed, but after position \(batch.watermark.previous)"
                    : "\(path) has a hole after position \(position)")
        }
        position = batch.watermark.position
        return batch
    }

    /// The batches after a watermark, at most `limit` of them and none behind `head`.
    func batches(after: FeedPosition, limit: Int, upTo head: FeedPosition) throws -> [LogBatch] {
        if after < position {
            reader = try RecordingReader(path: path)
            position = .start
        }
        var batches: [LogBatch] = []
        while batches.count < limit, position < head, let batch = try next() {
            if batch.watermark.previous >= after { batches.append(batch) }
        }
        return batches
    }
}
