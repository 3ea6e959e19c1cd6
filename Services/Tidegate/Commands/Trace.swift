internal import ArgumentParser
internal import Schema
internal import Store

/// Shows what came of a feed event, from the candle to the account.
struct Trace: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Shows what came of a candle: predictions, decisions, orders, fills, account, with times.",
        discussion: """
            ID is a decision's, an order's or a fill's id, a position in the feed (the `trace.id` of the services' logs), a \
            candle as binance.BTC-USDT/1h/2024-02-01T05:00 (its open time, UTC), or a prediction with its model before that: \
            xgboost-144cda7f91fcbae1/binance.BTC-USDT/1h/2024-02-01T05:00. Times are those at which rows were first stored, \
            by the database's clock, counted from when the feed event was.
            """)

    @OptionGroup var options: WorkspaceOptions
    @Argument(help: "A feed position, or the id of a candle, prediction, decision, order or fill.") var id: String
    @Flag(help: "Print one JSON object.") var json = false

    func run() async throws {
        let report = try CommandFailure.explaining {
            try Self.report(of: id, options.workspace.requiredDatabase().connect())
        }
        if json { try JSONOutput.print(report) } else { Terminal.print(report.text) }
    }

    static func report(of id: String, _ connection: PostgresConnection) throws -> TraceReport {
        let queries = TraceQueries(connection)
        guard let origin = try queries.origin(of: id) else {
            throw CommandFailure(
                "no feed position, candle, prediction, decision, order or fill is called \(id); "
                    + "`tidegate trace --help` says how they are written")
        }
        return TraceReport(origin, try queries.chain(from: origin))
    }
}
