import Schema
import Testing

@Suite("Topic")
struct TopicTests {
    @Test("A topic is written with a slash after each part, and read back")
    func roundTrip() throws {
        for (topic, text) in [
            (Topic(.candle, Samples.bitcoin, .minute15), "candle/binance.BTC-USDT/15m/"),
            (Topic(.order, Samples.bitcoin), "order/binance.BTC-USDT/"), (Topic(.account), "account/"),
            (Topic(.orderEvent, Samples.bitcoin), "order-event/binance.BTC-USDT/"),
        ] {
            #expect(topic.description == text)
            #expect(try Topic(parsing: text) == topic)
        }
        for message in try Samples.ordinary() + Samples.extremes() {
            #expect(try Topic(parsing: message.topic.description) == message.topic)
            #expect(message.topic.kind == message.kind)
        }
    }

    @Test("No instrument's topic is the beginning of another's")
    func prefixes() {
        let short = Topic(.fill, Instrument("binance.BTC-USD")).description
        #expect(!Topic(.fill, Instrument("binance.BTC-USDT")).description.hasPrefix(short))
    }

    @Test("Anything else is refused")
    func refused() {
        for text in [
            "", "/", "candle", "trades/", "candle/binance.BTC-USDT", "candle//", "candle/BTC/", "Candle/",
            "candle/binance.BTC-USDT/2m/", "candle/binance.BTC-USDT/15m/x/", "candle/binance.BTC-USDT//",
        ] {
            #expect(throws: SchemaError.self, "\(text)") { try Topic(parsing: text) }
        }
    }
}

@Suite("Instrument")
struct InstrumentTests {
    @Test("The same name is the same instrument, and its parts are its own")
    func parts() throws {
        let instrument = try Instrument(parsing: "kraken.ETH-EUR")
        #expect(instrument == Instrument("kraken.ETH-EUR"))
        #expect((instrument.venue, instrument.base, instrument.quote) == ("kraken", "ETH", "EUR"))
        #expect(instrument != Samples.bitcoin && Samples.bitcoin < instrument)
    }

    @Test("Names of another form are refused")
    func refused() {
        for name in [
            "", ".", "-", "binance", "binance.BTC", "Binance.BTC-USDT", "binance.btc-USDT", "binance.BTC-USDT-X",
            "binance.BTC-", "binance.-USDT", ".BTC-USDT", "binance.BTC/USDT", "binance.BTC-USDT ", "bin ance.BTC-USDT",
            "binance.BTĆ-USDT", "a.B.C-D", String(repeating: "a", count: 45) + ".A-B",
        ] {
            #expect(throws: SchemaError.instrument(name)) { try Instrument(parsing: name) }
        }
    }
}

@Suite("FeatureSetID")
struct FeatureSetIDTests {
    @Test("It is written as sixteen hexadecimal digits, and only those are read")
    func roundTrip() {
        #expect(FeatureSetID(0xAB).description == "00000000000000ab")
        for value in [0, 1, 0xAB, UInt64.max] {
            #expect(FeatureSetID(FeatureSetID(value).description) == FeatureSetID(value))
        }
        for text in ["", "ab", "00000000000000zz", "00000000000000abc", "+0000000000000ab", "-0000000000000ab"] {
            #expect(FeatureSetID(text) == nil, "\(text)")
        }
    }
}
