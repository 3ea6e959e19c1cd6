import Foundation
import Market
import Schema
import Synthetic
import Testing

@Suite("Regime-switching market")
struct RegimeSwitchingMarketTests {
    static let settings = RegimeSwitchingMarket.Settings(
        instruments: [
            SyntheticInstrument(
                Instrument("test.BTC-USDT"), price: 60_000, tick: 0.01, hourlyVolume: 900, lot: 0.00001),
            SyntheticInstrument(
                Instrument("test.ETH-USDT"), price: 3000, tick: 0.01, hourlyVolume: 9000, lot: 0.0001,
                volatilityScale: 1.2),
            SyntheticInstrument(
                Instrument("test.DOGE-USDT"), price: 0.1, tick: 0.00001, hourlyVolume: 1e7, lot: 1, commonShare: 0.3,
                volatilityScale: 2),
        ],
        timeframe: .hour1, start: UnixNanos(seconds: 1_600_000_000 / 3600 * 3600))

    func series(_ settings: RegimeSwitchingMarket.Settings = settings, seed: UInt64, count: Int) -> [[Candle]] {
        var market = RegimeSwitchingMarket(settings, seed: seed)
        return (0..<count).map { _ in market.next() }
    }

    func returns(_ series: [[Candle]], _ index: Int) -> [Double] {
        series.map { log($0[index].close / $0[index].open) }
    }

    func correlation(_ left: some Collection<Double>, _ right: some Collection<Double>) -> Double {
        let count = Double(left.count)
        let (meanLeft, meanRight) = (left.reduce(0, +) / count, right.reduce(0, +) / count)
        var (cross, squaresLeft, squaresRight) = (0.0, 0.0, 0.0)
        for (a, b) in zip(left, right) {
            cross += (a - meanLeft) * (b - meanRight)
            squaresLeft += (a - meanLeft) * (a - meanLeft)
            squaresRight += (b - meanRight) * (b - meanRight)
        }
        return cross / (squaresLeft * squaresRight).squareRoot()
    }

    @Test(
        "Candles follow each other without a hole, begin where the last ended, and lie on their grids",
        arguments: [UInt64(1), 2, 3])
    func shape(seed: UInt64) {
        let series = series(seed: seed, count: 3000)
        var failures = 0
        for (number, candles) in series.enumerated() {
            for (index, candle) in candles.enumerated() {
                let entry = Self.settings.instruments[index]
                if candle.openTime != Self.settings.start.advanced(by: Int64(number) * 3_600_000_000_000) {
                    failures += 1
                }
                if number > 0, candle.open != series[number - 1][index].close { failures += 1 }
                for price in [candle.open, candle.high, candle.low, candle.close] {
                    let ticks = price / entry.tick
                    if abs(ticks - ticks.rounded()) > 1e-3 || "\(price)".count > 12 { failures += 1 }
                }
                if candle.volume <= 0 || candle.source != .synthetic { failures += 1 }
            }
        }
        #expect(failures == 0)
    }

    @Test("The same seed gives the same candles in every run, another seed others")
    func seeded() {
        let series = series(seed: 7, count: 500)
        #expect(series == self.series(seed: 7, count: 500))
        #expect(series != self.series(seed: 8, count: 500))
        // FNV-1a over the bits of every number: the literal guards against a change from one build to the next.
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for candle in series.joined() {
            for value in [candle.open, candle.high, candle.low, candle.close, candle.volume] {
                hash = (hash ^ value.bitPattern) &* 0x0000_0100_0000_01B3
            }
        }
        #expect(hash == 5_582_086_978_318_417_623)
    }

    @Test("An instrument's candles do not depend on its company")
    func independent() {
        var alone = Self.settings
        alone.instruments = [Self.settings.instruments[2]]
        #expect(series(alone, seed: 5, count: 400).map { $0[0] } == series(seed: 5, count: 400).map { $0[2] })
    }

    @Test("A decoded copy goes on bit for bit", arguments: [0, 1, 250, 499])
    func resume(at cut: Int) throws {
        let whole = series(seed: 9, count: 500)
        var market = RegimeSwitchingMarket(Self.settings, seed: 9)
        for _ in 0..<cut { _ = market.next() }
        for decoded in [
            try PropertyListDecoder().decode(RegimeSwitchingMarket.self, from: PropertyListEncoder().encode(market)),
            try JSONDecoder().decode(RegimeSwitchingMarket.self, from: JSONEncoder().encode(market)),
        ] {
            #expect(decoded == market)
            var copy = decoded
            let rest = (cut..<500).map { _ in copy.next() }
            #expect(rest == Array(whole[cut...]))
        }
    }

    @Test("Volatility clusters: large moves follow large ones for a day, but their signs do not")
    func clustering() {
        for seed in [UInt64(1), 2, 3] {
            let series = series(seed: seed, count: 20_000)
            for index in 0..<3 {
                let returns = returns(series, index)
                let sizes = returns.map(abs)
                for lag in [1, 5, 24] {
                    #expect(correlation(sizes.dropLast(lag), sizes.dropFirst(lag)) > 0.05)
                }
                #expect(abs(correlation(returns.dropLast(1), returns.dropFirst(1))) < 0.05)
            }
        }
    }

    @Test("Tails are heavier than a normal distribution's, within a regime too")
    func tails() {
        func kurtosis(_ values: [Double]) -> Double {
            let mean = values.reduce(0, +) / Double(values.count)
            let second = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
            let fourth = values.reduce(0) { $0 + pow($1 - mean, 4) } / Double(values.count)
            return fourth / (second * second)
        }
        let series = series(seed: 4, count: 20_000)
        var steady = Self.settings
        steady.regimes = Array(repeating: Self.settings.regimes[1], count: 3)
        (steady.shockWeight, steady.persistence) = (0, 0)
        let oneRegime = self.series(steady, seed: 4, count: 20_000)
        for index in 0..<3 {
            #expect(kurtosis(returns(series, index)) > 6)
            #expect(kurtosis(returns(oneRegime, index)) > 4)
        }
    }

    @Test("Instruments move together as far as their common share says")
    func common() {
        let series = series(seed: 6, count: 20_000)
        let (bitcoin, ether, doge) = (returns(series, 0), returns(series, 1), returns(series, 2))
        #expect(abs(correlation(bitcoin, ether) - 0.6) < 0.1)
        #expect(abs(correlation(bitcoin, doge) - (0.6 * 0.3).squareRoot()) < 0.1)
    }

    @Test("Volume rises with the size of the move")
    func volume() {
        let series = series(seed: 3, count: 10_000)
        for index in 0..<3 {
            let sizes = returns(series, index).map(abs)
            #expect(correlation(sizes, series.map { $0[index].volume }) > 0.3)
        }
    }

    @Test("Each regime has its volatility and its length")
    func regimes() {
        var market = RegimeSwitchingMarket(Self.settings, seed: 12)
        var moves: [Regime: [Double]] = [:]
        var changes = 0
        for _ in 0..<40_000 {
            let before = market.regime
            let candle = market.next()[0]
            if market.regime != before { changes += 1 }
            moves[market.regime, default: []].append(log(candle.close / candle.open))
        }
        for regime in Regime.allCases {
            let own = moves[regime] ?? []
            let variance = own.reduce(0) { $0 + $1 * $1 } / Double(max(own.count, 1))
            let expected = Self.settings.regimes[regime.rawValue].volatility
            #expect(abs((variance * 8760).squareRoot() / expected - 1) < 0.25, "\(regime)")
            #expect(own.count > 1200)
        }
        #expect((250...600).contains(changes))
    }

    @Test("Prices stay positive and finite for twenty years of the wildest settings")
    func longRun() {
        var wild = Self.settings
        wild.regimes = Array(repeating: RegimeProfile(drift: 0, volatility: 20, meanHours: 10), count: 3)
        wild.timeframe = .hour4
        wild.start = UnixNanos(seconds: 1_600_041_600 / 14_400 * 14_400)
        let last = series(wild, seed: 1, count: 43_800)[43_799]
        #expect(last.allSatisfy { $0.close > 0 && $0.high.isFinite })
    }
}
