internal import ArgumentParser
internal import Evaluation
internal import Foundation
internal import Market
internal import Models
internal import Pipeline
internal import Schema
internal import Store
internal import Trading

/// Runs recorded candles through the stages in one process.
struct Backtest: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Runs recorded candles through the pipeline's own stages, in one process.",
        discussion: """
            Without --model it trades an EMA 10/20 cross; with --model a version from the registry. Fees and slippage are on. \
            Nothing is stored.
            """)

    @OptionGroup var options: WorkspaceOptions
    @Option(help: "Folder of recorded candles.") var data: String
    @Option(help: "First moment, for example 2024-02-01.") var from: String?
    @Option(help: "Last moment.") var to: String?
    @Option(help: "Instruments, comma separated.") var instruments =
        "binance.BTC-USDT,binance.ETH-USDT,binance.SOL-USDT"
    @Option(help: "The timeframe of the recorded candles.") var timeframe = "1h"
    @Option(help: "A model version of the registry.") var model: String?
    @Flag(help: "Print one JSON object.") var json = false

    struct Report: Encodable {
        let bars: Int
        let orders: Int
        let fills: Int
        let openingEquity: String
        let equity: String
        let fees: String
        /// Equity without fees, and with them, as returns.
        let gross: Double
        let net: Double
        let maxDrawdown: Double
        let barsPerSecond: Double

        enum CodingKeys: String, CodingKey {
            case bars, orders, fills, equity, fees, gross, net
            case openingEquity = "opening_equity"
            case maxDrawdown = "max_drawdown"
            case barsPerSecond = "bars_per_second"
        }
    }

    func run() async throws {
        let settings = ["market.instruments": instruments, "market.timeframe": timeframe]
        let lookup: (String) -> String? = { settings[$0] }
        let market = try MarketSettings(lookup)
        let execution = try ExecutionStage.Settings(lookup)
        if let model {
            try run(try pipeline(of: model, lookup), market, execution)
        } else {
            let chain = FeedChain()
                .adding(
                    Topology.inferenceServer, CrossoverStage(.init(timeframe: market.base)),
                    inputs: [Topology.Input(Topology.ingestor)]
                )
                .adding(Topology.executor, ExecutionStage(execution))
                .adding(Topology.riskGate, RiskStage(try RiskSettings(lookup)))
            try run(LocalPipeline(chain), market, execution)
        }
    }

    private func run(
        _ pipeline: consuming LocalPipeline<some StageChain>, _ market: MarketSettings,
        _ execution: ExecutionStage.Settings
    ) throws {
        let (first, last) = (try moment(from, "--from"), try moment(to, "--to"))
        var builder = FeedBuilder(market.feed)
        if let model {
            builder.place(Control(id: "backtest", change: .modelActivated(alias: "champion", version: model)))
        }
        var feed = try RecordedFolder(data).feed(
            of: market.instruments, timeframe: market.base, from: first, to: last)
        var tally = Tally()
        let start = Date()
        while let step = try feed.next() {
            tally.bars += step.rows.count
            try pipeline.run(builder.close(step)) { _, output in
                for event in output { tally.take(event.message) }
            }
        }
        try print(tally, opening: execution.openingCash, seconds: Date().timeIntervalSince(start))
    }

    /// The whole pipeline with a model of the registry as its champion.
    private func pipeline(
        of model: String, _ lookup: @escaping (String) -> String?
    ) throws -> LocalPipeline<PipelineAssembly.Chain> {
        let url = try options.workspace.database()
        guard let row = try ModelRegistry(PostgresConnection(url)).version(model) else {
            throw CommandFailure("the registry has no model version \(model); see tidegate models list")
        }
        let artifact = try row.artifact
        return try PipelineAssembly(lookup) { _ in artifact }.pipeline()
    }

    private func moment(_ text: String?, _ name: String) throws -> UnixNanos? {
        guard let text else { return nil }
        guard let moment = UnixNanos(iso8601: text) else {
            throw ValidationError("\(name): \"\(text)\" is not a moment like 2024-02-01 or 2024-02-01T00:00")
        }
        return moment
    }

    /// What came of it.
    private struct Tally {
        var (bars, orders, fills) = (0, 0, 0)
        var account: Account?
        var fees = Decimal12.zero
        var (peak, drawdown) = (0.0, 0.0)

        mutating func take(_ message: Message) {
            switch message {
            case .order: orders += 1
            case .fill(let fill):
                fills += 1
                fees += fill.fee
            case .account(let account):
                self.account = account
                let equity = account.equity.doubleValue
                peak = max(peak, equity)
                drawdown = max(drawdown, 1 - equity / peak)
            default: break
            }
        }
    }

    private func print(_ tally: Tally, opening: Decimal12, seconds: Double) throws {
        let equity = tally.account?.equity ?? opening
        let report = Report(
            bars: tally.bars, orders: tally.orders, fills: tally.fills, openingEquity: opening.description,
            equity: equity.description, fees: tally.fees.description,
            gross: (equity + tally.fees).doubleValue / opening.doubleValue - 1,
            net: equity.doubleValue / opening.doubleValue - 1, maxDrawdown: tally.drawdown,
            barsPerSecond: Double(tally.bars) / max(seconds, 1e-9))
        if json { return try JSONOutput.print(report) }
        var table = TextTable(columns: ["figure", "value"])
        table.add(["bars", "\(report.bars)"])
        table.add(["orders", "\(report.orders)"])
        table.add(["fills", "\(report.fills)"])
        table.add(["return, gross of fees", String(format: "%.4f %%", report.gross * 100)])
        table.add(["return, net", String(format: "%.4f %%", report.net * 100)])
        table.add(["fees", report.fees])
        table.add(["largest drawdown", String(format: "%.4f %%", report.maxDrawdown * 100)])
        table.add(["bars a second", String(format: "%.0f", report.barsPerSecond)])
        Terminal.print(table.text)
    }
}
