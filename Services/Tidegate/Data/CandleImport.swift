internal import Market
internal import Schema
internal import Store

/// Puts a series of candles into the database, in steps that each are there wholly or not at all.
///
/// What is there already stays, so an import that was killed is resumed by doing it again.
struct CandleImport {
    /// Candles written in one transaction.
    static let step = 20_000

    /// What became of one instrument's candles of one timeframe.
    struct Outcome: Encodable, Equatable {
        let instrument: String
        let timeframe: String
        let new: Int
        /// There already, with the same numbers.
        let present: Int
        /// There already with other numbers, which were kept.
        let different: Int
    }

    /// The series as read, and the longer ones made from it; ready to be written.
    private let parts: [CandleColumns]

    /// How many candles there are to write.
    var count: Int { parts.reduce(0) { $0 + $1.count } }

    /// Makes candles of longer timeframes too.
    ///
    /// Of these the first and the last are left out where the series cuts them; others may have holes, as in a feed.
    init(_ candles: CandleColumns, aggregatingTo longer: [Timeframe]) {
        parts =
            [candles]
            + longer.map { timeframe in
                let built = candles.aggregated(to: timeframe)
                var whole = CandleColumns(
                    instrument: candles.instrument, timeframe: timeframe, source: built.candles.source)
                for row in 0..<built.candles.count {
                    let isCut = (row == 0 || row == built.candles.count - 1) && !built.isComplete(row)
                    if !isCut { whole.append(built.candles[row]) }
                }
                return whole
            }
    }

    /// Refuses series that a feed of this database writes itself.
    func check(_ store: CandleStore) throws {
        for part in parts where try store.isFed(part.instrument, part.timeframe) {
            throw CommandFailure(
                "a feed of this database writes the \(part.timeframe.rawValue) candles of \(part.instrument); import them "
                    + "into another")
        }
    }

    /// Writes everything; `onStep` hears how much is done and says whether to go on.
    ///
    /// - Returns: `nil` when it was told to stop.
    func run(_ store: CandleStore, onStep: (Int) -> Bool) throws -> [Outcome]? {
        var (outcomes, done): ([Outcome], Int) = ([], 0)
        for part in parts {
            var added = CandleStore.Added()
            for start in stride(from: 0, to: part.count, by: Self.step) {
                let rows = start..<min(part.count, start + Self.step)
                added += try store.add(rows.lazy.map { part[$0] })
                done += rows.count
                guard onStep(done) else { return nil }
            }
            outcomes.append(
                Outcome(
                    instrument: part.instrument.name, timeframe: part.timeframe.rawValue, new: added.new,
                    present: added.present, different: added.different))
        }
        return outcomes
    }
}
