import Foundation
import Schema
import Testing

@testable import Features

/// The standard features of one instrument computed column by column, without the stage.
///
/// Each column is the indicator's `map` over the whole series; a moment's value of a longer timeframe is looked up as the
/// last one that closed by then.
struct Columns {
    private let times: [UnixNanos]
    private let rows: [[Double]]
    private let set: FeatureSet

    init(_ candles: [Timeframe: [Candle]], set: FeatureSet) throws {
        self.set = set
        let primary = try #require(candles[set.primary])
        let bars = primary.map { Bar($0) }
        let closes = bars.map(\.close)
        let times = primary.map(\.closeTime)
        self.times = times
        let perYear = set.primary.perYear
        let range = AverageTrueRange(length: 14).map(over: bars)
        let movement = DirectionalMovement(length: 14).map(over: bars)
        let bands = BollingerBands(length: 20, deviations: 2).map(over: closes)
        let levels = DonchianChannel(length: 50).map(over: bars)
        let average = ExponentialMovingAverage(length: 20).map(over: closes)
        let convergence = MovingAverageConvergence(fast: 12, slow: 26, signal: 9).map(over: closes)
        let short = RealisedVolatility(length: 20, perYear: perYear).map(over: closes)
        let long = RealisedVolatility(length: 100, perYear: perYear).map(over: closes)

        /// The last value that was known at each primary close.
        func asOf(_ timeframe: Timeframe, _ values: [Double]) throws -> [Double] {
            let candles = try #require(candles[timeframe])
            return times.map { time in candles.lastIndex { $0.closeTime <= time }.map { values[$0] } ?? .nan }
        }
        func higherCloses(_ timeframe: Timeframe) throws -> [Double] { try #require(candles[timeframe]).map(\.close) }
        var alignment = convergence.map { Self.sign($0.difference) }
        for timeframe in set.higher {
            let closes = try higherCloses(timeframe)
            let (fast, slow) = (
                ExponentialMovingAverage(length: 5).map(over: closes),
                ExponentialMovingAverage(length: 20).map(over: closes)
            )
            let signs = try asOf(timeframe, zip(fast, slow).map { Self.sign($0 - $1) })
            alignment = zip(alignment, signs).map { $0 + $1 }
        }
        let strength = try asOf(.hour4, RelativeStrengthIndex(length: 14).map(over: higherCloses(.hour4)))
        let (calm, wild) = (
            try asOf(.day1, RealisedVolatility(length: 5, perYear: 365).map(over: higherCloses(.day1))),
            try asOf(.day1, RealisedVolatility(length: 20, perYear: 365).map(over: higherCloses(.day1)))
        )
        let table: [[Double]] = [
            RateOfChange(length: 5).map(over: closes),
            RelativeStrengthIndex(length: 14).map(over: closes).map { $0 / 100 },
            zip(convergence, range).map { $0.histogram / $1.average },
            StochasticOscillator(length: 14, k: 3, d: 3).map(over: bars).map { $0.k / 100 },
            zip(closes, zip(average, range)).map { ($0 - $1.0) / $1.1.average },
            zip(closes, SimpleMovingAverage(length: 50).map(over: closes)).map { $0 / $1 - 1 },
            movement.map { $0.strength / 100 },
            movement.map { ($0.plus - $0.minus) / 100 },
            range.map { $0.normalised / 100 },
            bands.map(\.percentB),
            bands.map(\.width),
            zip(short, long).map { $0 / $1 },
            bars.map { ($0.high - $0.low) / $0.close },
            VolumeSurge(length: 20).map(over: bars.map(\.volume)).map { log1p($0) },
            OnBalanceVolume(slope: 20).map(over: bars).map(\.slope),
            levels.map(\.resistanceDistance),
            levels.map(\.supportDistance),
            times.map { sin(2 * .pi * Double($0.rawValue % 86_400_000_000_000) / 86_400_000_000_000) },
            times.map { cos(2 * .pi * Double($0.rawValue % 86_400_000_000_000) / 86_400_000_000_000) },
            times.map { sin(2 * .pi * Double($0.rawValue % 604_800_000_000_000) / 604_800_000_000_000) },
            times.map { cos(2 * .pi * Double($0.rawValue % 604_800_000_000_000) / 604_800_000_000_000) },
            alignment.map { $0 / 3 },
            strength.map { $0 / 100 },
            zip(calm, wild).map { $0 / $1 },
        ]
        guard table.count == set.count else { throw FeaturesError.state("\(table.count) columns") }
        rows = times.indices.map { row in table.map { $0[row] } }
    }

    func values(at time: UnixNanos) -> [Double] { times.firstIndex(of: time).map { rows[$0] } ?? [] }

    private static func sign(_ value: Double) -> Double { value > 0 ? 1 : value < 0 ? -1 : value }
}
