internal import ArgumentParser
internal import Features
internal import Foundation
internal import Market
internal import Schema

/// Writes the features of a file of candles, for comparing them with another library's.
struct ComputeFeatures: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compute", abstract: "Writes every feature for a file of candles.",
        discussion: """
            One row for each candle: its open time, and each feature as of its close. A field is empty before a feature's first \
            value, and where it would need more than candles. Longer timeframes are aggregated from the file's; with one \
            instrument only, what compares several compares nothing.
            """)

    @OptionGroup var files: CandleFileOptions
    @Option(help: "Features, groups, standard or full, comma separated; -name leaves one out.") var set = "full"
    @Option(
        help: "Longer timeframes to look at, comma separated; those that the file's does not divide are left out.",
        transform: FeatureOptions.parseTimeframes)
    var higher: [Timeframe] = [.hour4, .day1]
    @Option(name: .shortAndLong, help: "The file to write; compressed where its name ends in .gz.", completion: .file())
    var out: String
    @Flag(help: "Print one JSON object.") var json = false

    private struct Outcome: Encodable {
        let file: String
        let instrument: String
        let timeframe: String
        let rows: Int
        let features: Int
        let featureSet: String
    }

    func run() async throws {
        let outcome = try CommandFailure.explaining { try compute() }
        if json { return try JSONOutput.print(outcome) }
        Terminal.print(
            "\(outcome.file): \(outcome.rows) rows of \(outcome.features) features, \(outcome.instrument) "
                + "\(outcome.timeframe), set \(outcome.featureSet)")
    }

    private func compute() throws -> Outcome {
        let (series, passedOver) = try files.series()
        for reason in passedOver { Terminal.note("passed over \(reason)") }
        guard series.count == 1, let file = series[0].first else {
            throw CommandFailure("\(series.count) series where one is asked for")
        }
        if let guessed = file.guessed { Terminal.note("\(file.path): \(guessed), by its name") }
        var reader = SeriesReader(
            try file.candles(), of: file.instrument, then: series[0][1...], outlierScore: nil)
        let candles = try reader.next()
        let set = try FeatureSettings(text: set).featureSet(
            primary: file.timeframe,
            higher: higher.filter { $0 > file.timeframe && $0.minutes % file.timeframe.minutes == 0 })
        var bars = [file.timeframe: candles]
        for timeframe in set.higher { bars[timeframe] = candles.aggregated(to: timeframe).candles }
        let table = FeatureColumns.compute(set, [file.instrument: FeatureColumns.Market(bars: bars)])[file.instrument]!
        try write(table, of: candles, names: set.names)
        return Outcome(
            file: out, instrument: file.instrument.name, timeframe: file.timeframe.rawValue, rows: candles.count,
            features: set.count, featureSet: "\(set.id)")
    }

    private func write(_ table: FeatureColumns, of candles: CandleColumns, names: [String]) throws {
        let bar = ProgressBar(total: candles.count, label: "write")
        defer { bar.finish() }
        let file = try TextFileWriter(path: out)
        try file.write("open_time_ms,\(names.joined(separator: ","))\n")
        for row in 0..<candles.count {
            let fields = table.columns.map { $0[row].isNaN ? "" : "\($0[row])" }
            try file.write("\(candles.openTimes[row].milliseconds),\(fields.joined(separator: ","))\n")
            if row % 1024 == 0 { bar.update(done: row) }
        }
        try file.close()
    }
}
