internal import Market

/// Where the ingestor's candles, and what happens between them, come from.
///
/// A source gives what closed at one moment after the other, and can be asked to go on behind a moment, so that a killed
/// ingestor goes on where its stored feed ends.
protocol FeedSource {
    /// What a person wants to know of it: a folder, addresses.
    var detail: String { get }

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
    let detail = ""

    func next() -> SourceAnswer { .waiting }
}
