internal import Schema

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// What a folder's `series.csv` names: files of what happens beside the candles.
///
///     kind,instrument,path
///     funding-rate,binance.BTC-USDT,funding/BTCUSDT_8h.csv.gz
///     fear-and-greed,*,sentiment/fear_greed.csv.gz
///     news,,sentiment/news.csv.gz
///
/// `*` stands for every instrument of the feed; headlines are of none. Paths are relative to the folder.
struct SeriesTable {
    struct Line: Equatable {
        let kind: Kind
        /// As it stands in the table.
        let instrument: String
        let path: String
    }

    /// How a file is read.
    enum Kind: String, CaseIterable {
        case fundingRate = "funding-rate"
        case dailyFundingRate = "funding-rate-daily"
        case openInterest = "open-interest"
        case activeAddresses = "active-addresses"
        case networkValueToTransactions = "nvt"
        case fearAndGreed = "fear-and-greed"
        case news, headlines, tweets, trades, quotes

        /// Whether its events are of no instrument.
        var isHeadlines: Bool { [.news, .headlines, .tweets].contains(self) }
    }

    let lines: [Line]

    /// Reads a folder's table; a folder without one names nothing.
    ///
    /// - Throws: ``MarketError`` for a damaged table, a kind that we do not know, or an instrument that is none.
    init(folder: String) throws(MarketError) {
        let path = "\(folder)/series.csv"
        guard access(path, F_OK) == 0 else {
            lines = []
            return
        }
        var records = try CSVRecords(try GzipFile(path: path))
        let columns = (
            kind: try records.column("kind"), instrument: try records.column("instrument"),
            path: try records.column("path")
        )
        var lines: [Line] = []
        while let fields = try records.next() {
            func refuse(_ reason: String) -> MarketError { .line(path: path, line: records.line, reason: reason) }
            guard let kind = Kind(rawValue: fields[columns.kind]) else {
                let all = Kind.allCases.map(\.rawValue).joined(separator: ", ")
                throw refuse("kind \"\(fields[columns.kind])\" is none of \(all)")
            }
            let (instrument, file) = (fields[columns.instrument], fields[columns.path])
            let isName = instrument == "*" || (try? Instrument(parsing: instrument)) != nil
            guard kind.isHeadlines ? instrument.isEmpty : isName else {
                throw refuse("instrument \"\(instrument)\" of \(kind.rawValue)")
            }
            lines.append(
                Line(kind: kind, instrument: instrument, path: file.hasPrefix("/") ? file : "\(folder)/\(file)"))
        }
        self.lines = lines
    }

    /// Opens what concerns some instruments, in the order of the table.
    ///
    /// - Throws: ``MarketError`` when a file is missing or damaged.
    func readers(of instruments: [Instrument]) throws(MarketError) -> [any EventReader] {
        var readers: [any EventReader] = []
        for line in lines {
            guard !line.kind.isHeadlines else {
                readers.append(try headlines(line))
                continue
            }
            for instrument in instruments where line.instrument == "*" || line.instrument == instrument.name {
                readers.append(try reader(line, instrument))
            }
        }
        return readers
    }

    private func headlines(_ line: Line) throws(MarketError) -> any EventReader {
        let layout: HeadlineLayout =
            switch line.kind {
            case .news: .news
            case .tweets: .tweets
            default: .headlines
            }
        return ListedEvents(try layout.headlines(in: try GzipFile(path: line.path)).map { .headline($0) })
    }

    private func reader(_ line: Line, _ instrument: Instrument) throws(MarketError) -> any EventReader {
        let layout: SideSeriesLayout
        switch line.kind {
        case .fundingRate: layout = .fundingRate
        case .dailyFundingRate: layout = .dailyFundingRate(symbol: instrument.base + instrument.quote)
        case .openInterest: layout = .openInterest
        case .activeAddresses: layout = .activeAddresses
        case .networkValueToTransactions: layout = .networkValueToTransactions
        case .fearAndGreed: layout = .fearAndGreed
        case .trades: return TradeEvents(file: try TradeFile(try GzipFile(path: line.path), of: instrument))
        case .quotes:
            guard case .intraday("minute", let day)? = CandleFileName(path: line.path).lean else {
                throw .content(path: line.path, reason: "its name is not that of LEAN's quotes of one day")
            }
            return ListedEvents(
                try LeanQuoteFile.quotes(path: line.path, of: instrument, day: day).map { .quote($0) })
        case .news, .headlines, .tweets: return try headlines(line)
        }
        return ListedEvents(
            try layout.values(in: try GzipFile(path: line.path), of: instrument).map { .side($0) })
    }
}
