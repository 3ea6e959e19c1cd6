internal import Bus
internal import Foundation
internal import Schema

/// What a recording says of itself, in its header.
struct RecordingInformation: Codable, Sendable, Equatable {
    /// Whose log it is.
    let service: String
    /// When it was begun, in ISO 8601.
    let recordedAt: String

    var text: String { get throws { try JSONOutput.line(self) } }

    init(service: String, recordedAt: UnixNanos) {
        self.service = service
        self.recordedAt = recordedAt.description
    }

    /// - Throws: ``CommandFailure`` when the header was not written by `tidegate record`.
    init(parsing text: String) throws {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        guard let value = try? decoder.decode(Self.self, from: Data(text.utf8)) else {
            throw CommandFailure("the recording does not say whose log it is")
        }
        self = value
    }
}

/// What is in a recording.
struct RecordingSummary: Sendable, Equatable {
    let information: RecordingInformation
    private(set) var batches = 0
    /// Without the watermarks.
    private(set) var messages = 0
    /// The watermark after which the recording begins, and the last one in it; equal when it is empty.
    private(set) var begin = FeedPosition.start
    private(set) var position = FeedPosition.start
    /// The number of the last batch in its publisher's log.
    private(set) var lastNumber: UInt64 = 0
    private(set) var firstTime: UnixNanos?
    private(set) var lastTime: UnixNanos?
    private(set) var tail = RecordingTail.complete
    /// The file's length.
    private(set) var bytes: Int64 = 0

    init(_ information: RecordingInformation) { self.information = information }

    /// Reads a whole recording.
    ///
    /// - Throws: ``BusError`` for a file that is none, ``CommandFailure`` for one whose batches do not follow one another.
    init(reading path: String) throws {
        var reader = try RecordingReader(path: path)
        self.init(try RecordingInformation(parsing: reader.information))
        while let batch = try reader.nextBatch() { try add(batch) }
        tail = reader.tail ?? .complete
        bytes = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int64 ?? 0
    }

    /// - Throws: ``CommandFailure`` when the batch does not follow the last one.
    mutating func add(_ batch: LogBatch) throws {
        if batches == 0 { begin = batch.watermark.previous }
        guard batches == 0 || batch.watermark.previous == position else {
            throw CommandFailure(
                "the recording has a hole: after position \(position) comes what follows \(batch.watermark.previous)")
        }
        batches += 1
        messages += batch.entries.count
        position = batch.watermark.position
        lastNumber = batch.number
        firstTime = firstTime ?? batch.watermark.time
        lastTime = batch.watermark.time
    }
}

extension RecordingSummary: Encodable {
    private enum CodingKeys: CodingKey {
        case service, recordedAt, batches, messages, begin, position, firstTime, lastTime, tail, tailOffset, bytes
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(information.service, forKey: .service)
        try container.encode(information.recordedAt, forKey: .recordedAt)
        try container.encode(batches, forKey: .batches)
        try container.encode(messages, forKey: .messages)
        try container.encode(begin, forKey: .begin)
        try container.encode(position, forKey: .position)
        try container.encode(firstTime?.description, forKey: .firstTime)
        try container.encode(lastTime?.description, forKey: .lastTime)
        try container.encode(bytes, forKey: .bytes)
        switch tail {
        case .complete: try container.encode("complete", forKey: .tail)
        case .truncated: try container.encode("truncated", forKey: .tail)
        case .corrupt: try container.encode("corrupt", forKey: .tail)
        }
        try container.encode(tailOffset, forKey: .tailOffset)
    }

    /// Where what cannot be read begins, in bytes.
    private var tailOffset: Int? {
        switch tail {
        case .complete: nil
        case .truncated(let count): Int(bytes) - count
        case .corrupt(let offset): offset
        }
    }

    /// What a person reads.
    var text: String {
        let ending =
            switch tail {
            case .complete: "complete"
            case .truncated(let count): "the last \(count) bytes are a torn record, which `record` takes away"
            case .corrupt(let offset): "damaged at byte \(offset); what follows cannot be read"
            }
        return """
            log of     \(information.service), recorded from \(information.recordedAt) on
            batches    \(batches), with \(messages) messages
            positions  after \(begin) to \(position)
            time       \(firstTime?.description ?? "-") to \(lastTime?.description ?? "-")
            file       \(Figures.bytes(bytes)), \(ending)
            """
    }
}
