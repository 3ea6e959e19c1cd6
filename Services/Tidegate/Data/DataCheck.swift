internal import ArgumentParser
internal import Foundation
internal import Market

extension DataCommand {
    /// Says what is wrong with files of candles.
    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Says what is wrong with files of candles; needs no database.",
            discussion: """
                Duplicates, rows out of order, gaps, candles without trades, prices that contradict each other, outliers and \
                unreadable rows are counted as the feed would count them. A gap's `to` is the open time of the first candle \
                that is there again. An outlier's close lies so many robust standard deviations (median and MAD of the 120 \
                log returns before it) away. The exit status is 1 when a file cannot be read; with --strict also when anything was \
                found.
                """)

        @OptionGroup var files: CandleFileOptions
        @Option(help: "The score from which on a close is an outlier.") var outlierScore =
            OutlierDetector.standardThreshold
        @Flag(help: "End with status 1 when anything was found.") var strict = false
        @Flag(help: "Print one JSON object for each series.") var json = false

        func validate() throws {
            guard outlierScore > 0 else { throw ValidationError("--outlier-score is above zero") }
        }

        func run() async throws {
            let (series, passedOver) = try files.series()
            for reason in passedOver { Terminal.note("passed over \(reason)") }
            let bar = ProgressBar(total: series.count, label: "check")
            var (all, unreadable): ([QualityFigures], Int) = ([], 0)
            for files in series {
                if let guessed = files[0].guessed { Terminal.note("\(files[0].path): \(guessed), by its name") }
                do {
                    let figures = try Self.figures(of: files, outlierScore: outlierScore)
                    all.append(figures)
                    if json { try JSONOutput.print(figures) }
                } catch let error as MarketError {
                    Terminal.note("\(error)")
                    unreadable += 1
                }
                bar.update(done: all.count + unreadable)
            }
            bar.finish()
            if !json, !all.isEmpty { Terminal.print(Self.text(all)) }
            if unreadable > 0 || strict && all.contains(where: { !$0.isClean }) { throw ExitCode(1) }
        }

        /// Reads a series and judges it.
        static func figures(of files: [CandleFile], outlierScore: Double) throws -> QualityFigures {
            var reader = SeriesReader(
                try files[0].candles(), of: files[0].instrument, then: files[1...], outlierScore: outlierScore)
            while try !reader.next(atMost: 65_536).isEmpty {}
            return QualityFigures(reader.report, of: files)
        }

        /// The table, and under it what was found.
        private static func text(_ all: [QualityFigures]) -> String {
            var lines = [QualityFigures.table(all)]
            for figures in all where !figures.isClean {
                lines.append("\n\(figures.file)")
                lines += figures.details(atMost: 20).map { "  \($0)" }
            }
            return lines.joined(separator: "\n")
        }
    }
}
