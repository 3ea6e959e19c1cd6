import Market
import Schema
import Testing

@testable import Tidegate

@Suite("Market of a training")
struct TrainingMarketTests {
    private let stored = TrainingMarket.Stored([
        (Instrument("binance.ETH-USDT"), .day1), (Instrument("binance.ETH-USDT"), .hour4),
        (Instrument("binance.BTC-USDT"), .hour1), (Instrument("binance.BTC-USDT"), .hour4),
    ])

    @Test("Where nothing is said, all that is stored is learned from, and the shortest timeframe is predicted")
    func standard() throws {
        let market = try TrainingMarket.resolve(instruments: nil, timeframe: nil, higher: nil, stored: stored)
        #expect(market.instruments.map(\.name) == ["binance.BTC-USDT", "binance.ETH-USDT"])
        #expect(market.base == .hour1 && market.higher == [.hour4, .day1])
    }

    @Test("What is said goes before what is stored, and only longer timeframes are looked at")
    func said() throws {
        let market = try TrainingMarket.resolve(
            instruments: "binance.ETH-USDT", timeframe: "4h", higher: nil, stored: stored)
        #expect(market.instruments.map(\.name) == ["binance.ETH-USDT"])
        #expect(market.base == .hour4 && market.higher == [.day1])
        let none = try TrainingMarket.resolve(instruments: nil, timeframe: nil, higher: "", stored: stored)
        #expect(none.higher.isEmpty)
    }

    @Test("What is not stored, or makes no sense, is refused")
    func refusals() {
        for (instruments, timeframe, higher) in [
            ("binance.SOL-USDT", nil, nil), (nil, "1m", nil), (nil, "2h", nil), (nil, nil, "1w"), (nil, "4h", "1h"),
        ] as [(String?, String?, String?)] {
            #expect(throws: CommandFailure.self) {
                try TrainingMarket.resolve(
                    instruments: instruments, timeframe: timeframe, higher: higher, stored: stored)
            }
        }
        let error = #expect(throws: CommandFailure.self) {
            try TrainingMarket.resolve(instruments: nil, timeframe: nil, higher: nil, stored: .init([]))
        }
        #expect(error.map { "\($0)".contains("there is nothing stored to learn from") } == true)
    }

    @Test("Of imported candles the shortest are learned from, and longer ones are made of them")
    func aggregated() throws {
        #expect(stored.aggregated.timeframes == [.hour1, .hour4, .day1])
        #expect(stored.aggregated.instruments == stored.instruments)
        let days = TrainingMarket.Stored([(Instrument("binance.BTC-USDT"), .day1)])
        #expect(days.aggregated.timeframes == [.day1])
    }
}
