import Schema
import TestKit

extension RecordedCoinbaseMarket {
    /// What a connection is subscribed to: products by channel.
    fileprivate struct Subscriptions {
        private(set) var products: [String: Set<String>] = [:]

        func contains(_ channel: String, _ product: String) -> Bool { products[channel]?.contains(product) == true }

        /// Takes `subscribe` or `unsubscribe`, and says what is new by it; `nil` for anything else.
        mutating func hear(_ request: [String: Any]) -> (channels: [String], products: [String])? {
            let channels = request["channels"] as? [String] ?? (request["channel"] as? String).map { [$0] } ?? []
            let names = request["product_ids"] as? [String] ?? []
            for channel in channels {
                switch request["type"] as? String {
                case "subscribe": products[channel, default: []].formUnion(names)
                case "unsubscribe": products[channel]?.subtract(names)
                default: return nil
                }
            }
            return request["type"] as? String == "subscribe" ? (channels, names) : ([], [])
        }
    }

    /// A connection to Coinbase Exchange: the recorded messages as they are.
    struct ExchangeConversation: RecordedConversation {
        let market: RecordedCoinbaseMarket
        private var subscriptions = Subscriptions()

        init(market: RecordedCoinbaseMarket) { self.market = market }

        mutating func hear(_ text: String, after steps: Int) -> [String] {
            guard let request = try? RecordedFile.object(text), let new = subscriptions.hear(request) else {
                return [#"{"type":"error","message":"Malformed JSON"}"#]
            }
            let channels = subscriptions.products.sorted { $0.key < $1.key }.map { channel, products in
                #"{"name":"\#(channel)","product_ids":[\#(list(products.sorted()))]}"#
            }
            var answers = [#"{"type":"subscriptions","channels":[\#(channels.joined(separator: ","))]}"#]
            for product in new.products {
                if new.channels.contains("level2_batch"), let book = market.depths[product]?.book(after: steps).book {
                    answers.append(
                        #"{"type":"snapshot","product_id":"\#(product)","asks":\#(RecordedBook.rows(book.asks)),"#
                            + #""bids":\#(RecordedBook.rows(book.bids))}"#)
                }
                if new.channels.contains("matches"), let match = market.lastMatch(product, before: steps) {
                    answers.append(
                        #"{"type":"last_match","trade_id":\#(match.number),"side":"\#(match.side)","#
                            + #""size":"\#(match.size)","price":"\#(match.price)","product_id":"\#(product)","#
                            + #""sequence":1,"time":"\#(match.time)"}"#)
                }
            }
            return answers
        }

        mutating func tell(_ step: Int) -> [String] {
            let (number, step) = (step, market.steps[step])
            var frames: [String] = []
            if number.isMultiple(of: 100), subscriptions.contains("heartbeat", step.product) {
                frames.append(
                    #"{"type":"heartbeat","sequence":\#(number),"last_trade_id":0,"product_id":"\#(step.product)","#
                        + #""time":"\#(step.venueTime)"}"#)
            }
            let channel = if case .match = step.content { "matches" } else { "level2_batch" }
            if subscriptions.contains(channel, step.product) { frames.append(step.text) }
            return frames
        }
    }

    /// A connection to Advanced Trade: what was recorded, in its messages, which it numbers.
    struct AdvancedConversation: RecordedConversation {
        let market: RecordedCoinbaseMarket
        private var subscriptions = Subscriptions()
        private var number = 0

        init(market: RecordedCoinbaseMarket) { self.market = market }

        mutating func hear(_ text: String, after steps: Int) -> [String] {
            let time = "\(market.time(after: steps))"
            guard let request = try? RecordedFile.object(text), let new = subscriptions.hear(request) else {
                return [#"{"type":"error","message":"failure to subscribe"}"#]
            }
            let channels = subscriptions.products.sorted { $0.key < $1.key }.map { channel, products in
                #""\#(channel)":[\#(list(products.sorted()))]"#
            }
            var answers = [
                message("subscriptions", time, #"{"subscriptions":{\#(channels.joined(separator: ","))}}"#)
            ]
            for product in new.products {
                if new.channels.contains("level2"), let book = market.depths[product]?.book(after: steps).book {
                    let changes =
                        book.bids.map { RecordedBook.Change(isBid: true, $0) }
                        + book.asks.map { RecordedBook.Change(isBid: false, $0) }
                    answers.append(message("l2_data", time, event("snapshot", product, changes, time)))
                }
                // The newest first.
                let trades = (market.matches[product] ?? []).filter { $0.step < steps }.suffix(10).reversed()
                if new.channels.contains("market_trades"), !trades.isEmpty {
                    let rows = trades.map(RecordedCoinbaseMarket.json).joined(separator: ",")
                    answers.append(message("market_trades", time, #"{"type":"snapshot","trades":[\#(rows)]}"#))
                }
            }
            return answers
        }

        mutating func tell(_ step: Int) -> [String] {
            let (number, step) = (step, market.steps[step])
            var frames: [String] = []
            if number.isMultiple(of: 100) {
                frames.append(message("heartbeats", step.venueTime, #"{"heartbeat_counter":\#(number)}"#))
            }
            switch step.content {
            case .match(let match) where subscriptions.contains("market_trades", step.product):
                let row = RecordedCoinbaseMarket.json(match)
                frames.append(message("market_trades", step.venueTime, #"{"type":"update","trades":[\#(row)]}"#))
            case .update(let changes) where subscriptions.contains("level2", step.product):
                frames.append(
                    message("l2_data", step.venueTime, event("update", step.product, changes, step.venueTime)))
            case .match, .update: break
            }
            return frames
        }

        private func event(
            _ type: String, _ product: String, _ changes: [RecordedBook.Change], _ time: String
        ) -> String {
            let rows = changes.map { change in
                #"{"side":"\#(change.isBid ? "bid" : "offer")","event_time":"\#(time)","#
                    + #""price_level":"\#(change.level.price)","new_quantity":"\#(change.level.quantity)"}"#
            }
            return #"{"type":"\#(type)","product_id":"\#(product)","updates":[\#(rows.joined(separator: ","))]}"#
        }

        private mutating func message(_ channel: String, _ time: String, _ event: String) -> String {
            defer { number += 1 }
            return #"{"channel":"\#(channel)","client_id":"","timestamp":"\#(time)","sequence_num":\#(number),"#
                + #""events":[\#(event)]}"#
        }
    }
}

/// Names in quotation marks, with commas between them.
func list(_ names: some Sequence<String>) -> String { names.map { "\"\($0)\"" }.joined(separator: ",") }
