internal import ArgumentParser
internal import Foundation
internal import Market
internal import Schema
internal import ServiceKit
internal import Store

extension DataCommand {
    /// Puts files of candles into the database.
    struct Import: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Puts files of candles into the database.",
            discussion: """
                Every series is read and judged first; rows that are no valid candle, or not later than those before, are \
                left out and counted. What is stored already stays as it is, so an import that was interrupted goes on when \
                it is done again, and gives the same table. A database that does not run yet is started in the folder, and \
                goes on running.
                """)

        @OptionGroup var options: WorkspaceOptions
        @OptionGroup var files: CandleFileOptions
        @Option(help: "Longer timeframes to make from it, comma separated, as 5m,1h,1d.", transform: parseTimeframes)
        var aggregate: [Timeframe] = []
        @Flag(help: "Print one JSON object for each series.") var json = false

        private static func parseTimeframes(_ text: String) throws -> [Timeframe] {
            try text.split(separator: ",").map { name in
                guard let timeframe = Timeframe(rawValue: name.filter { !$0.isWhitespace }) else {
                    let all = Timeframe.allCases.map(\.rawValue).joined(separator: ", ")
                    throw ValidationError("--aggregate is of \(all), not \"\(name)\"")
                }
                return timeframe
            }
        }

        private struct Outcome: Encodable {
            let quality: QualityFigures
            let stored: [CandleImport.Outcome]
        }

        func run() async throws {
            let (series, passedOver) = try files.series()
            for reason in passedOver { Terminal.note("passed over \(reason)") }
            for files in series {
                if let guessed = files[0].guessed { Terminal.note("\(files[0].path): \(guessed), by its name") }
                if let short = aggregate.first(where: { $0 <= files[0].timeframe }) {
                    throw CommandFailure("\(short.rawValue) is not longer than \(files[0].timeframe.rawValue)")
                }
            }
            let interruption = try Interruption()
            try options.workspace.create()
            let url = try options.workspace.database()
            let connection = try PostgresConnection(url, applicationName: "tidegate-cli")
            var outcomes: [Outcome] = []
            for (index, files) in series.enumerated() {
                let label = "\(files[0].instrument) \(files[0].timeframe.rawValue) (\(index + 1)/\(series.count))"
                guard let outcome = try store(files, label, CandleStore(connection), interruption) else {
                    throw CommandFailure("interrupted; the same command goes on from here")
                }
                if json { try JSONOutput.print(outcome) }
                outcomes.append(outcome)
            }
            if !json { Terminal.print(Self.text(outcomes)) }
        }

        /// Reads and stores one series; `nil` when it was interrupted.
        private func store(
            _ files: [CandleFile], _ label: String, _ store: CandleStore, _ interruption: Interruption
        ) throws -> Outcome? {
            var reader = SeriesReader(try files[0].candles(), of: files[0].instrument, then: files[1...])
            let work = CandleImport(try reader.next(), aggregatingTo: aggregate)
            let bar = ProgressBar(total: work.count, label: label)
            defer { bar.finish() }
            try CommandFailure.explaining { try work.check(store) }
            let stored = try CommandFailure.explaining {
                try work.run(store) { done in
                    bar.update(done: done)
                    return !interruption.stop.isRaised
                }
            }
            return stored.map { Outcome(quality: QualityFigures(reader.report, of: files), stored: $0) }
        }

        private static func text(_ outcomes: [Outcome]) -> String {
            var table = TextTable(columns: [
                "instrument", "timeframe", "new", "there already", "there with other numbers",
            ])
            for stored in outcomes.flatMap(\.stored) {
                table.add([
                    stored.instrument, stored.timeframe, "\(stored.new)", "\(stored.present)", "\(stored.different)",
                ])
            }
            return QualityFigures.table(outcomes.map(\.quality)) + "\n\n" + table.text
        }
    }
}
