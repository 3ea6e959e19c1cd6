internal import Pipeline
internal import Schema

/// Something that will happen at a simulated time.
struct Happening: Comparable {
    enum What {
        case message(to: Int, source: Int, Delivery)
        case request(to: Int, RecoveryRequest)
        case page(to: Int, source: Int, RecoveryPage)
        /// A write of a node's run reaches the store.
        case commit(by: Int, run: Int, Write)
        /// The store's answer reaches the node.
        case answer(to: Int, run: Int, Answer)
        case tick(Int, run: Int)
        case weather
        case restart(Int)
    }

    enum Delivery {
        case entry(LogEntry)
        case watermark(Watermark, number: UInt64)
        case heartbeat(FeedPosition)
    }

    enum Write {
        case rows(LogBatch)
        case snapshot(Snapshot<MixStage.State>)
        case feed([LogBatch], Sequencer)
        /// Find a snapshot at or before a position, and take back those behind it.
        case back(FeedPosition)

        var isSnapshot: Bool { if case .snapshot = self { true } else { false } }
    }

    enum Answer {
        case stored(FeedPosition)
        case appended(FeedPosition)
        case loaded(Snapshot<MixStage.State>?, for: FeedPosition)
        case nothingToLoad(for: FeedPosition)
    }

    let time: Int
    /// Breaks ties, so that a run is repeatable.
    let number: Int
    let what: What

    static func < (lhs: Self, rhs: Self) -> Bool { (lhs.time, lhs.number) < (rhs.time, rhs.number) }
    static func == (lhs: Self, rhs: Self) -> Bool { lhs.time == rhs.time && lhs.number == rhs.number }
}
