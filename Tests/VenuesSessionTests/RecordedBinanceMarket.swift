import Foundation
import Market
import Schema
import TestKit
import Testing
import Venues

/// A recording of Binance's streams, and what its REST interface would have answered meanwhile.
struct RecordedBinanceMarket: ExpectedMarket {
    /// A message and the stream that it belongs to.
    struct Step {
        let stream: String
        let text: String
        let time: UnixNanos
    }

    /// A trade of the stream that the feed follows: single ones of spot, aggregates of futures.
    struct Fill {
        let step: Int
        let number: UInt64
        let price: String
        let quantity: String
        let milliseconds: Int64
        let isBuyerMaker: Bool
    }

    /// A candle as it was told: `[open time, open, high, low, close, volume, close time]`.
    struct Kline {
        let step: Int
        let openTime: Int64
        let closeTime: Int64
        let values: [String]
        let isClosed: Bool
    }

    /// All about one instrument.
    struct Symbol {
        let instrument: Instrument
        let depth: RecordedDepth
        let fills: [Fill]
        let klines: [Kline]
        let quotes: Int
    }

    let product: BinanceProduct
    let steps: [Step]
    /// By the venue's spelling.
    let symbols: [String: Symbol]

    var stepCount: Int { steps.count }
    var instruments: [Instrument] { symbols.values.map(\.instrument).sorted() }

    func time(after count: Int) -> UnixNanos { steps[max(0, min(count, steps.count) - 1)].time }

    func conversation(target: String) -> any RecordedConversation { Conversation(market: self, target: target) }

    func trades(of instrument: Instrument) throws -> [Trade] {
        try symbol(instrument).fills.map { fill in
            try Trade(
                instrument: instrument, id: product == .spot ? "\(fill.number)" : "a\(fill.number)",
                price: try #require(Double(fill.price)), quantity: try #require(Double(fill.quantity)),
                aggressor: fill.isBuyerMaker ? .seller : .buyer, eventTime: UnixNanos(milliseconds: fill.milliseconds),
                receiveTime: UnixNanos(0))
        }
    }

    func book(of instrument: Instrument) throws -> (bids: [BookLevel], asks: [BookLevel])? {
        try symbol(instrument).depth.book(after: stepCount).book.best()
    }

    func candles(of instrument: Instrument) throws -> [CandleRow] {
        try symbol(instrument).klines.filter(\.isClosed).map { kline in
            let values = kline.values.compactMap { Double($0) }
            return CandleRow(
                instrument: instrument.name, timeframe: .minute1, openMilliseconds: kline.openTime, open: values[0],
                high: values[1], low: values[2], close: values[3], volume: values[4], source: .exchange)
        }
    }

    /// Those between the first, of which nothing might be heard, and the last.
    func settledCandles(of instrument: Instrument) throws -> [CandleRow] {
        let times = try symbol(instrument).klines.map(\.openTime)
        guard let first = times.first, let last = times.last else { return [] }
        return try candles(of: instrument).filter { first < $0.openMilliseconds && $0.openMilliseconds < last }
    }

    func quotes(of instrument: Instrument) throws -> Int { try symbol(instrument).quotes }

    private func symbol(_ instrument: Instrument) throws -> Symbol {
        try #require(symbols[instrument.base + instrument.quote])
    }

    /// One connection: what was subscribed to on it.
    struct Conversation: RecordedConversation {
        let market: RecordedBinanceMarket
        let target: String
        private var streams: Set<String> = []

        init(market: RecordedBinanceMarket, target: String) { (self.market, self.target) = (market, target) }

        mutating func hear(_ text: String, after steps: Int) -> [String] {
            guard let request = try? RecordedFile.object(text), let names = request["params"] as? [String],
                let number = request["id"] as? Int
            else { return [#"{"error":{"code":3,"msg":"Invalid JSON"},"id":null}"#] }
            switch request["method"] as? String {
            case "SUBSCRIBE": streams.formUnion(names)
            case "UNSUBSCRIBE": streams.subtract(names)
            default: return [#"{"error":{"code":2,"msg":"Invalid request: unknown variant"},"id":\#(number)}"#]
            }
            return [#"{"result":null,"id":\#(number)}"#]
        }

        mutating func tell(_ step: Int) -> [String] {
            let step = market.steps[step]
            return streams.contains(step.stream) && isRouted(step.stream) ? [step.text] : []
        }

        /// Futures are silent about what was asked for on the wrong path.
        private func isRouted(_ stream: String) -> Bool {
            guard market.product == .usdMargined else { return target == "/stream" }
            let isPublic = stream.hasSuffix("@bookTicker") || stream.hasSuffix("@depth@100ms")
            return target == (isPublic ? "/public/stream" : "/market/stream")
        }
    }
}
