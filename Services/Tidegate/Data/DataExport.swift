internal import ArgumentParser
internal import Market
internal import Schema
internal import Store

extension DataCommand {
    /// Writes stored candles to a file.
    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Writes stored candles as comma-separated text, which import reads to the same bits.",
            discussion: "Columns: open_time_ms, open, high, low, close, volume. A name that ends in .gz is compressed.")

        @OptionGroup var options: WorkspaceOptions
        @Argument(help: "What the candles are of, as binance.BTC-USDT.") var instrument: String
        @Argument(help: "Their timeframe, as 1h.") var timeframe: String
        @Option(name: .shortAndLong, help: "The file; by default INSTRUMENT_TIMEFRAME.csv here.", completion: .file())
        var output: String?
        @Option(help: "The first moment, as 2024-01-01 or 2024-01-01T00:00.") var from: String?
        @Option(help: "The moment before which candles open.") var to: String?
        @Flag(help: "Print one JSON object.") var json = false

        private struct Outcome: Encodable {
            let file: String
            let rows: Int
            let first: String
            let last: String
        }

        func validate() throws { _ = (try series(), try moment(from, "--from"), try moment(to, "--to")) }

        private func series() throws -> (instrument: Instrument, timeframe: Timeframe) {
            guard let instrument = try? Instrument(parsing: instrument) else {
                throw ValidationError("\"\(instrument)\" is not an instrument like binance.BTC-USDT")
            }
            guard let timeframe = Timeframe(rawValue: timeframe) else {
                let all = Timeframe.allCases.map(\.rawValue).joined(separator: ", ")
                throw ValidationError("a timeframe is one of \(all), not \"\(timeframe)\"")
            }
            return (instrument, timeframe)
        }

        private func moment(_ text: String?, _ name: String) throws -> UnixNanos? {
            guard let text else { return nil }
            guard let moment = UnixNanos(iso8601: text) else {
                throw ValidationError("\(name): \"\(text)\" is not a moment like 2024-02-01 or 2024-02-01T00:00")
            }
            return moment
        }

        func run() async throws {
            let connection = try options.workspace.requiredDatabase().connect()
            let outcome = try CommandFailure.explaining { try export(CandleStore(connection)) }
            if json { return try JSONOutput.print(outcome) }
            Terminal.print("\(outcome.file): \(outcome.rows) candles, \(outcome.first) to \(outcome.last)")
        }

        private func export(_ store: CandleStore) throws -> Outcome {
            let series = try series()
            guard let span = try store.span(series.instrument, series.timeframe) else {
                throw CommandFailure(
                    "no \(series.timeframe.rawValue) candle of \(series.instrument) is stored; see tidegate data list")
            }
            let start = max(try moment(from, "--from") ?? span.lowerBound, span.lowerBound)
            let end = min(try moment(to, "--to") ?? span.upperBound.advanced(by: 1), span.upperBound.advanced(by: 1))
            guard start < end else { throw CommandFailure("no candle is stored between --from and --to") }
            let path = output ?? "\(series.instrument.name)_\(series.timeframe.rawValue).csv"
            return try write(store, series, start..<end, to: path)
        }

        /// Writes page after page, so that memory does not grow with the table.
        private func write(
            _ store: CandleStore, _ series: (instrument: Instrument, timeframe: Timeframe), _ range: Range<UnixNanos>,
            to path: String
        ) throws -> Outcome {
            let page = series.timeframe.nanoseconds * 50_000
            let (begin, end) = (range.lowerBound, range.upperBound)
            let bar = ProgressBar(
                total: Int((end.rawValue - begin.rawValue) / series.timeframe.nanoseconds) + 1, label: "export")
            defer { bar.finish() }
            let writer = try CandleTableWriter(path: path)
            var (rows, first, last) = (0, UnixNanos?.none, UnixNanos?.none)
            var start = begin
            while start < end {
                let next = end.rawValue - start.rawValue > page ? start.advanced(by: page) : end
                let candles = try store.candles(series.instrument, series.timeframe, openIn: start..<next)
                try writer.write(candles)
                (rows, first, last) = (
                    rows + candles.count, first ?? candles.first?.openTime, candles.last?.openTime ?? last
                )
                start = next
                bar.update(done: Int((start.rawValue - begin.rawValue) / series.timeframe.nanoseconds))
            }
            try writer.close()
            guard let first, let last else { throw CommandFailure("no candle is stored between --from and --to") }
            return Outcome(file: path, rows: rows, first: first.description, last: last.description)
        }
    }
}
