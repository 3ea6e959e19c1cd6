internal import Foundation
internal import Schema
internal import ServiceKit
internal import Store

/// Asks for a change, and waits until the ingestor has given it a place in the feed.
enum ControlPlacement {
    /// A request's name that no other has: what is asked, when, and by which process.
    static func identifier(_ what: String) -> String { "\(what)/\(WallClock.now.rawValue)-\(getpid())" }

    /// Waits for the place of a request, at most so many seconds; 0 looks once.
    ///
    /// It is `nil` when there is none by then; the change takes effect whenever the ingestor places it.
    static func wait(
        for id: String, seconds: Double, _ connection: PostgresConnection
    ) async throws -> FeedPosition? {
        let begin = WallClock.monotonic
        while true {
            if let position = try ControlRequests(connection).position(of: id) { return position }
            guard Double(WallClock.monotonic - begin) / 1e9 < seconds else { return nil }
            WallClock.sleep(milliseconds: 50)
        }
    }

    /// What a command prints of a request.
    struct Outcome: Encodable {
        let id: String
        let change: String
        /// From where in the feed it is in effect; `nil` while it has no place.
        @Nullable var position: FeedPosition?
    }

    /// Prints the outcome.
    ///
    /// - Throws: ``CommandFailure`` where the change has no place yet.
    static func report(
        _ outcome: Outcome, waited seconds: Double, json: Bool, _ connection: PostgresConnection
    ) throws {
        if json { try JSONOutput.print(outcome) }
        guard let position = outcome.position else {
            let hasEnded = try FeedStatusStore(connection).status()?.isFinished == true
            throw CommandFailure(
                "\(outcome.change) is asked for, but "
                    + (hasEnded
                        ? "the feed has ended; it takes effect if the feed goes on"
                        : "the ingestor has not placed it within \(Figures.duration(seconds)); it takes effect when it does")
            )
        }
        if !json { Terminal.print("\(outcome.change) from position \(position) on") }
    }
}
