internal import ArgumentParser
internal import Schema
internal import Store

extension DataCommand {
    /// Says which candles are stored.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Says which candles are stored.")

        @OptionGroup var options: WorkspaceOptions
        @Flag(help: "Print one JSON object for each series.") var json = false

        struct Row: Encodable, Equatable {
            let instrument: String
            let timeframe: String
            let rows: Int
            let first: String
            let last: String
            let gaps: Int
            let missing: Int
            let zeroVolume: Int
            let repaired: Int

            init(_ series: CandleInventory.Series) {
                (instrument, timeframe) = (series.instrument.name, series.timeframe.rawValue)
                (rows, gaps, missing) = (series.rows, series.gaps, series.missing)
                (first, last) = (series.first.description, series.last.description)
                (zeroVolume, repaired) = (series.zeroVolume, series.repaired)
            }
        }

        func run() async throws {
            let connection = try options.workspace.requiredDatabase().connect()
            let rows = try CommandFailure.explaining { try CandleInventory(connection).series().map(Row.init) }
            if json { return try rows.forEach(JSONOutput.print) }
            guard !rows.isEmpty else { return Terminal.print("no candles are stored") }
            var table = TextTable(columns: [
                "instrument", "timeframe", "rows", "first", "last", "gaps", "missing", "zero vol", "repaired",
            ])
            for row in rows {
                table.add([
                    row.instrument, row.timeframe, "\(row.rows)", row.first, row.last, "\(row.gaps)", "\(row.missing)",
                    "\(row.zeroVolume)", "\(row.repaired)",
                ])
            }
            Terminal.print(table.text)
        }
    }
}
