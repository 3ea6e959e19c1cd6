internal import Market
internal import Schema

/// Where the ingestor's candles, and what happens between them, come from.
///
/// A source gives what closed at one moment after the other, and can be asked to go on behind a moment, so that a killed
/// ingestor goes on where its stored feed ends.
protocol FeedSource {
    /// `exchange`, `file` or `synthetic`, and what a person wants to know of it.
    var name: String { get }
    var detail: String { get }
    var from: UnixNanos? { get }
    var to: UnixNanos? { get }

    /// What is there now.
    mutating func next() throws -> SourceAnswer
}

/// What a source has.
enum SourceAnswer {
    case step(FeedStep)
    /// Nothing yet; ask again when something has arrived, or after a while.
    case waiting
    /// There will be nothing more.
    case finished
    /// It never gave anything and is given up, with the reason for people.
    case unavailable(String)
}

/// Before a source is opened.
struct NoSource: FeedSource {
    let name = "none"
    let detail = ""
    let from: UnixNanos? = nil
    let to: UnixNanos? = nil

    func next() -> SourceAnswer { .waiting }
}
