internal import Schema

/// The bytes of topics, kept: a publisher has few of them and sends each very often.
struct TopicBytes {
    private struct Slot {
        let topic: Topic
        let bytes: [UInt8]
    }

    /// One topic a slot; a later one with the same place takes it over.
    private var slots: [Slot?] = Array(repeating: nil, count: 256)

    subscript(topic: Topic) -> [UInt8] {
        mutating get {
            let index = Self.place(of: topic)
            if let known = slots[index], known.topic == topic { return known.bytes }
            let bytes = Array(topic.description.utf8)
            slots[index] = Slot(topic: topic, bytes: bytes)
            return bytes
        }
    }

    private static func place(of topic: Topic) -> Int {
        let minutes = Int(topic.timeframe?.minutes ?? 0)
        return ((topic.instrument?.number ?? 0) &* 31 &+ Int(topic.kind.rawValue) &+ minutes &* 7) & 255
    }
}
