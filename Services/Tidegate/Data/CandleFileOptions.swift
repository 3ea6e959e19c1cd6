internal import ArgumentParser
internal import Foundation
internal import Market
internal import Schema

/// Files of candles, and what the command line says of them.
struct CandleFileOptions: ParsableArguments {
    @Argument(
        help: "Files, plain or .gz or .zip, or folders, of which every file is taken whose name says what it holds.",
        completion: .file())
    var paths: [String]
    @Option(help: "What the candles are of, as binance.BTC-USDT; by default as the file's name and folder say.")
    var instrument: String?
    @Option(help: "The candles' timeframe, as 1h; by default as the file's name says.")
    var timeframe: String?
    @Option(help: "Columns of other names, as time=Date,open=Open,volume=Vol; the others are found by themselves.")
    var columns: String?
    @Option(help: "How times are written: s, ms, us, ns, iso8601 or lean; by default as the first row looks.")
    var timeFormat: String?

    func validate() throws { _ = try options() }

    /// The options as the library has them.
    private func options() throws -> CandleFile.Options {
        var options = CandleFile.Options()
        if let instrument {
            do { options.instrument = try Instrument(parsing: instrument) } catch {
                throw ValidationError("--instrument: \(error)")
            }
        }
        if let timeframe {
            guard let known = Timeframe(rawValue: timeframe) else {
                let all = Timeframe.allCases.map(\.rawValue).joined(separator: ", ")
                throw ValidationError("--timeframe is one of \(all), not \"\(timeframe)\"")
            }
            options.timeframe = known
        }
        for pair in (columns ?? "").split(separator: ",") {
            let parts = pair.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2, let field = CSVLayout.Field(rawValue: parts[0]) else {
                let all = CSVLayout.Field.allCases.map(\.rawValue).joined(separator: ", ")
                throw ValidationError("--columns names \(all), as time=Date, not \"\(pair)\"")
            }
            options.names[field] = parts[1]
        }
        if let timeFormat {
            guard let known = TimeFormat.names.first(where: { $0.name == timeFormat }) else {
                let all = TimeFormat.names.map(\.name).joined(separator: ", ")
                throw ValidationError("--time-format is one of \(all), not \"\(timeFormat)\"")
            }
            options.timeFormat = known.format
        }
        return options
    }

    /// The files as series, and why others in the folders were passed over.
    ///
    /// - Throws: ``Market/MarketError`` for a file that was named and cannot be taken; ``CommandFailure`` when there is none.
    func series() throws -> (series: [[CandleFile]], passedOver: [String]) {
        let options = try options()
        var (files, passedOver): ([CandleFile], [String]) = ([], [])
        for path in paths {
            guard Self.isFolder(path) else {
                files.append(try CandleFile(path: path, options: options))
                continue
            }
            for file in try Self.files(in: path) {
                do { files.append(try CandleFile(path: file, options: options)) } catch {
                    passedOver.append("\(error)")
                }
            }
        }
        guard !files.isEmpty else {
            throw CommandFailure("no file of candles: \(passedOver.first ?? "there are no files")")
        }
        return (CandleFile.series(files), passedOver)
    }

    private static func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }

    /// Every table and archive under a folder, by path.
    private static func files(in folder: String) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: folder).sorted()
            .filter { name in [".csv", ".csv.gz", ".zip"].contains { name.hasSuffix($0) } }
            .map { "\(folder)/\($0)" }
    }
}
