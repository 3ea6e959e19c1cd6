import Foundation
import Schema
import TestKit
import Testing
import Venues

// One document a file, partly captured and partly after the venues' documentation: every one is read, or refused by name.
@Suite("Recorded documents", .enabled(if: SharedData.required || SharedData.folder != nil))
struct RecordedDocumentTests {
    enum Feed: Sendable { case spot, futures, coinbase, kraken }

    struct Folder: Sendable, CustomTestStringConvertible {
        let path: String
        let prefix: String
        let feed: Feed
        let counts: EventCounts

        init(_ path: String, prefix: String = "", _ feed: Feed, messages: Int, _ counts: [String: Int]) {
            (self.path, self.prefix, self.feed) = (path, prefix, feed)
            self.counts = EventCounts(messages: messages, counts)
        }

        var testDescription: String { "\(path) \(prefix)" }
    }

    // What is malformed is so in the documents: candles without their fields, in samples that show something else.
    static let folders = [
        Folder(
            "jkorf/binance/Subscriptions/Spot", .spot, messages: 32,
            [
                "candle": 1, "malformed": 2, "quote": 1, "subscribed": 12, "trade": 2, "unclaimed 1hTicker": 1,
                "unclaimed 24hrMiniTicker": 1, "unclaimed 24hrTicker": 1, "unclaimed MARGIN_LEVEL_STATUS_CHANGE": 1,
                "unclaimed USER_LIABILITY_CHANGE": 1, "unclaimed balanceUpdate": 1, "unclaimed depth5@100ms": 1,
                "unclaimed executionReport": 1, "unclaimed listStatus": 1, "unclaimed outboundAccountPosition": 1,
                "unclaimed result": 4,
            ]),
        Folder(
            "jkorf/binance/Subscriptions/UsdFutures", .futures, messages: 50,
            [
                "candle": 1, "funding forecast": 1, "long-liquidation": 1, "malformed": 2, "quote": 1,
                "subscribed": 25, "trade": 1, "unclaimed 24hrMiniTicker": 1, "unclaimed 24hrTicker": 1,
                "unclaimed ACCOUNT_CONFIG_UPDATE": 2, "unclaimed ACCOUNT_UPDATE": 1, "unclaimed ALGO_UPDATE": 1,
                "unclaimed CONDITIONAL_ORDER_TRIGGER_REJECT": 1, "unclaimed GRID_UPDATE": 1,
                "unclaimed MARGIN_CALL": 1, "unclaimed ORDER_TRADE_UPDATE": 1, "unclaimed STRATEGY_UPDATE": 1,
                "unclaimed TRADE_LITE": 1, "unclaimed !assetIndex@arr": 1, "unclaimed compositeIndex": 1,
                "unclaimed continuous_kline": 1, "unclaimed contractInfo": 1, "update": 2,
            ]),
        Folder(
            "nautilus_lgpl/binance/futures/market_data_json", .futures, messages: 9,
            [
                "candle": 2, "funding forecast": 1, "long-liquidation": 1, "quote": 1, "trade": 2,
                "unclaimed 24hrTicker": 1, "update": 1,
            ]),
        Folder(
            "nautilus_lgpl/binance/futures/user_data_json", .futures, messages: 14,
            [
                "unclaimed ACCOUNT_UPDATE": 2, "unclaimed ALGO_UPDATE": 2, "unclaimed ORDER_TRADE_UPDATE": 9,
                "unclaimed TRADE_LITE": 1,
            ]),
        Folder(
            "nautilus_lgpl/binance/spot/user_data_json", .spot, messages: 11,
            [
                "unclaimed balanceUpdate": 2, "unclaimed executionReport": 6, "unclaimed listStatus": 1,
                "unclaimed outboundAccountPosition": 2,
            ]),
        Folder(
            "nautilus_lgpl/binance_py/ws_messages", prefix: "ws_spot", .spot, messages: 23,
            [
                "quote": 1, "trade": 2, "unclaimed 24hrTicker": 1, "unclaimed executionReport": 19,
            ]),
        Folder(
            "nautilus_lgpl/binance_py/ws_messages", prefix: "ws_futures", .futures, messages: 19,
            [
                "quote": 1, "unclaimed 24hrTicker": 1, "unclaimed ALGO_UPDATE": 4,
                "unclaimed ORDER_TRADE_UPDATE": 10, "unclaimed TRADE_LITE": 1, "update": 2,
            ]),
        Folder(
            "nautilus_lgpl/coinbase", prefix: "ws_", .coinbase, messages: 8,
            [
                "candle": 1, "heartbeat": 1, "quote": 1, "snapshot": 1, "subscribed": 1, "trade": 2,
                "unclaimed user": 1, "update": 1,
            ]),
        Folder(
            "jkorf/coinbase/Subscriptions", .coinbase, messages: 20,
            [
                "candle": 1, "heartbeat": 1, "malformed": 2, "quote": 1, "subscribed": 10, "trade": 2,
                "unclaimed futures_balance_summary": 1, "unclaimed status": 1, "unclaimed ticker_batch": 1,
                "unclaimed user": 1,
            ]),
        Folder(
            "nautilus_lgpl/kraken", prefix: "ws_", .kraken, messages: 32,
            [
                "candle": 1, "quote": 1, "snapshot": 1, "subscribed": 1, "trade": 2, "unclaimed add_order": 3,
                "unclaimed amend_order": 1, "unclaimed batch_add": 2, "unclaimed cancel_order": 1,
                "unclaimed futures book": 1, "unclaimed futures book_snapshot": 2, "unclaimed futures fills": 1,
                "unclaimed futures fills_snapshot": 1, "unclaimed futures open_orders": 4,
                "unclaimed futures open_orders_snapshot": 1, "unclaimed futures ticker": 1,
                "unclaimed futures trade": 1, "unclaimed futures trade_snapshot": 1, "unclaimed level3": 5,
                "update": 1,
            ]),
        Folder(
            "jkorf/kraken/Subscriptions", .kraken, messages: 22,
            [
                "candle": 1, "malformed": 2, "quote": 1, "snapshot": 1, "subscribed": 7, "trade": 1,
                "unclaimed challenge": 2, "unclaimed futures fills_snapshot": 1, "unclaimed futures open_orders": 1,
                "unclaimed futures ticker": 1, "unclaimed level3": 1, "unclaimed subscribed": 3,
            ]),
        Folder(
            "xchange/kraken_stream", .kraken, messages: 8,
            [
                "quote": 1, "snapshot": 1, "status": 1, "subscribed": 1, "trade": 2, "update": 3,
            ]),
        Folder(
            "xchange/binance_stream", .spot, messages: 1,
            [
                "unclaimed 24hrTicker": 1
            ]),
    ]

    @Test("Every document of a folder is read, or refused by name", arguments: folders)
    func everyDocument(folder: Folder) async throws {
        let counts = try counts(folder.path, prefix: folder.prefix, try await feed(folder.feed))
        print("recorded documents \(folder.path) \(folder.prefix): \(counts)")
        #expect(counts == folder.counts)
    }

    private func feed(_ feed: Feed) async throws -> any VenueFeed {
        switch feed {
        case .spot:
            try BinanceFeed(
                instruments: ["BTC-USDT", "BNB-USDT", "ETH-USDT", "BNB-BTC"].map { Instrument("binance.\($0)") })
        case .futures:
            try BinanceFeed(
                product: .usdMargined,
                instruments: ["BTC", "BNB", "ETH"].map { Instrument("binanceusdm.\($0)-USDT") })
        case .coinbase:
            try CoinbaseFeed(instruments: ["BTC-USD", "ETH-USDT"].map { Instrument("coinbase.\($0)") })
        case .kraken: try KrakenFeed(listings: try await recordedKrakenListings().instruments)
        }
    }

    /// Reads every document of a folder whose name begins with `prefix`.
    private func counts(_ path: String, prefix: String, _ feed: any VenueFeed) throws -> EventCounts {
        let root = try #require(SharedData.folder).appendingPathComponent("data/raw_messages/\(path)").path
        let names = try #require(FileManager.default.enumerator(atPath: root)).compactMap { $0 as? String }.sorted()
        var counts = EventCounts()
        for name in names where (name as NSString).lastPathComponent.hasPrefix(prefix) {
            let isDialogue = name.hasSuffix(".txt")
            guard isDialogue || name.hasSuffix(".json") else { continue }
            let text = String(decoding: try Recording.file("data/raw_messages/\(path)/\(name)"), as: UTF8.self)
            for document in isDialogue ? Self.answers(text) : [text] {
                do throws(VenueMessageError) {
                    counts.add(
                        try feed.decode(Array(document.utf8), receivedAt: UnixNanos(seconds: 1_800_000_000)).events)
                } catch {
                    counts.add(error)
                }
            }
        }
        return counts
    }

    /// What the venue says in a dialogue: parts that begin with `<` or `=`, with 1 in place of every number that a request bears.
    private static func answers(_ dialogue: String) -> [String] {
        var parts: [String] = []
        for line in dialogue.replacingOccurrences(of: "\u{FEFF}", with: "").split(whereSeparator: \.isNewline) {
            if let mark = line.first, "><=".contains(mark) {
                parts.append(String(line))
            } else if !parts.isEmpty {
                parts[parts.count - 1] += "\n" + line
            }
        }
        return parts.filter { !$0.hasPrefix(">") }.map { part in
            var body = part.dropFirst()
            if body.first?.isNumber == true { body = body.dropFirst() }
            return ["\"|1|\"", "|1|", "|id|", "|*|", "|req_id|"].reduce(String(body)) {
                $0.replacingOccurrences(of: $1, with: "1")
            }
        }
    }
}
