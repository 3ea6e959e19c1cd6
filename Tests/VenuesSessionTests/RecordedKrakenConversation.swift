import Schema
import TestKit

extension RecordedKrakenMarket {
    /// One connection of version 2.
    struct KrakenConversation: RecordedConversation {
        let market: RecordedKrakenMarket
        private var symbols: [String: Set<String>] = [:]
        private var isGreeted = false

        init(market: RecordedKrakenMarket) { self.market = market }

        mutating func hear(_ text: String, after steps: Int) -> [String] {
            var answers: [String] = []
            if !isGreeted {
                isGreeted = true
                answers.append(
                    #"{"channel":"status","type":"update","data":[{"api_version":"v2","system":"online"}]}"#)
            }
            guard let request = try? RecordedFile.object(text), let method = request["method"] as? String,
                let parameters = request["params"] as? [String: Any], let channel = parameters["channel"] as? String,
                let names = parameters["symbol"] as? [String], let number = request["req_id"] as? Int
            else { return answers + [#"{"error":"Malformed request","method":"subscribe","success":false}"#] }
            for name in names {
                guard isListed(name) else {
                    answers.append(
                        #"{"error":"Currency pair not supported \#(name)","method":"\#(method)","success":false,"#
                            + #""symbol":"\#(name)","req_id":\#(number)}"#)
                    continue
                }
                if method == "subscribe" {
                    symbols[channel, default: []].insert(name)
                } else {
                    symbols[channel]?.remove(name)
                }
                answers.append(
                    #"{"method":"\#(method)","result":{"channel":"\#(channel)","symbol":"\#(name)"},"success":true,"#
                        + #""req_id":\#(number)}"#)
            }
            guard method == "subscribe" else { return answers }
            return answers + names.filter(isListed).compactMap { snapshot(channel, $0, after: steps) }
        }

        mutating func tell(_ number: Int) -> [String] {
            let step = market.steps[number]
            var frames = number.isMultiple(of: 100) ? [#"{"channel":"heartbeat"}"#] : []
            if symbols[step.channel]?.contains(step.symbol) == true {
                frames.append(Self.message(step.channel, "update", step.content, step.time))
            }
            return frames
        }

        private func isListed(_ symbol: String) -> Bool {
            market.depths[symbol] != nil || market.depths.isEmpty && symbol == "BTC/USDT"
        }

        private func snapshot(_ channel: String, _ symbol: String, after steps: Int) -> String? {
            let time = market.time(after: steps)
            switch channel {
            case "book":
                guard let (book, checksum) = market.depths[symbol]?.book(after: steps) else { return nil }
                let content = RecordedKrakenMarket.book(
                    symbol, book.bids.prefix(10), book.asks.prefix(10), checksum, time)
                return Self.message(channel, "snapshot", content, time)
            case "trade":
                let fills = market.fills.filter { $0.step < steps }.suffix(50)
                let rows = fills.map(RecordedKrakenMarket.content).joined(separator: ",")
                return Self.message(channel, "snapshot", rows, time)
            default: return nil
            }
        }

        private static func message(_ channel: String, _ type: String, _ content: String, _ time: UnixNanos) -> String {
            #"{"channel":"\#(channel)","type":"\#(type)","timestamp":"\#(time)","data":[\#(content)]}"#
        }
    }
}
