public import Schema

/// A file of candles: a table with a header, plain, gzip or zip, or a zip of QuantConnect LEAN.
public struct CandleFile: Sendable, Equatable {
    /// What the user says of a file, where its name and its header do not.
    public struct Options: Sendable, Equatable {
        public var instrument: Instrument?
        public var timeframe: Timeframe?
        /// Names of columns where they are not the usual ones.
        public var names: [CSVLayout.Field: String] = [:]
        /// How times are written.
        public var timeFormat: TimeFormat?

        public init() {}
    }

    /// What is in the file.
    private enum Form: Sendable, Equatable {
        case table
        case layout(CSVLayout)
    }

    public let path: String
    public let instrument: Instrument
    public let timeframe: Timeframe
    /// What was taken from the file's name, for a person; `nil` when nothing was.
    public let guessed: String?
    /// Whether it is one day of many, each in a file of its own.
    public let isOneDay: Bool
    private let form: Form
    private let options: Options

    /// - Throws: ``MarketError/content(path:reason:)`` when neither the name nor the options say what the candles are of, or
    ///   they are none that we read.
    public init(path: String, options: Options = Options()) throws(MarketError) {
        let name = CandleFileName(path: path)
        guard !name.isQuotes else { throw .content(path: path, reason: "it holds quotes, not candles of trades") }
        if options.timeframe == nil, let other = name.otherTimeframe {
            throw .content(path: path, reason: "\(other) is no timeframe of ours")
        }
        guard let instrument = options.instrument ?? name.instrument else {
            throw .content(path: path, reason: "its name does not say which instrument it is of; --instrument does")
        }
        guard let timeframe = options.timeframe ?? name.timeframe else {
            throw .content(path: path, reason: "its name does not say which timeframe it is of; --timeframe does")
        }
        let guesses = [
            options.instrument == nil ? instrument.name : nil, options.timeframe == nil ? timeframe.rawValue : nil,
        ].compactMap { $0 }
        guessed = guesses.isEmpty ? nil : guesses.joined(separator: " ")
        switch name.lean {
        case nil: (form, isOneDay) = (.table, false)
        case .intraday(_, let day): (form, isOneDay) = (.layout(.leanIntraday(day: day)), true)
        case .all: (form, isOneDay) = (.layout(.leanDaily), false)
        }
        (self.path, self.instrument, self.timeframe, self.options) = (path, instrument, timeframe, options)
    }

    /// Opens it.
    ///
    /// - Throws: ``MarketError`` when it is missing, damaged, or lacks a column.
    public func candles() throws(MarketError) -> CSVCandles {
        let source: any ByteSource
        if path.hasSuffix(".zip") {
            source = MemoryBytes(try ZipArchive(path: path).onlyContents(), name: path)
        } else {
            source = try GzipFile(path: path)
        }
        switch form {
        case .table:
            return try CSVCandles(
                source, instrument: instrument.name, timeframe: timeframe, names: options.names,
                timeFormat: options.timeFormat)
        case .layout(let layout):
            return CSVCandles(source, layout: layout, instrument: instrument.name, timeframe: timeframe)
        }
    }

    /// The files as series: the days of one instrument are one, in the order of their names, and any other file is one.
    public static func series(_ files: [CandleFile]) -> [[CandleFile]] {
        var series: [[CandleFile]] = []
        for file in files {
            let index = series.firstIndex { others in
                file.isOneDay && others[0].isOneDay && others[0].instrument == file.instrument
                    && others[0].timeframe == file.timeframe
            }
            if let index { series[index].append(file) } else { series.append([file]) }
        }
        return series.map { $0.sorted { $0.path < $1.path } }
    }
}
