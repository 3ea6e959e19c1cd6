import Features
import Foundation
import TestKit
import Testing

/// A table of reference numbers; an empty field is `nil`.
struct GoldenTable {
    let columns: [String: [Double?]]

    init(_ name: String) throws {
        let folder = try #require(SharedData.folder).appendingPathComponent("golden")
        let text = try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
        let lines = text.split(separator: "\n")
        let names = lines[0].split(separator: ",").map(String.init)
        var columns: [[Double?]] = Array(repeating: [], count: names.count)
        for line in lines.dropFirst() {
            for (index, field) in line.split(separator: ",", omittingEmptySubsequences: false).enumerated() {
                columns[index].append(Double(String(field)))
            }
        }
        self.columns = Dictionary(uniqueKeysWithValues: zip(names, columns))
    }

    /// The bars of the table's first columns.
    func bars() throws -> [Bar] {
        let (open, high, low) = (try values("open"), try values("high"), try values("low"))
        let (close, volume) = (try values("close"), try values("volume"))
        return open.indices.map {
            Bar(open: open[$0], high: high[$0], low: low[$0], close: close[$0], volume: volume[$0])
        }
    }

    private func values(_ name: String) throws -> [Double] { try #require(columns[name]).map { try #require($0) } }
}

/// The columns of the reference that this module computes, each from the bars.
let computedColumns: [(name: String, compute: @Sendable ([Bar]) -> [Double])] = [
    ("sma_10", { SimpleMovingAverage(length: 10).map(over: $0.map(\.close)) }),
    ("sma_20", { SimpleMovingAverage(length: 20).map(over: $0.map(\.close)) }),
    ("sma_50", { SimpleMovingAverage(length: 50).map(over: $0.map(\.close)) }),
    ("ema_12", { ExponentialMovingAverage(length: 12).map(over: $0.map(\.close)) }),
    ("ema_20", { ExponentialMovingAverage(length: 20).map(over: $0.map(\.close)) }),
    ("ema_26", { ExponentialMovingAverage(length: 26).map(over: $0.map(\.close)) }),
    ("ema_50", { ExponentialMovingAverage(length: 50).map(over: $0.map(\.close)) }),
    ("bb_upper", { BollingerBands(length: 20, deviations: 2).map(over: $0.map(\.close)).map(\.upper) }),
    ("bb_middle", { BollingerBands(length: 20, deviations: 2).map(over: $0.map(\.close)).map(\.middle) }),
    ("bb_lower", { BollingerBands(length: 20, deviations: 2).map(over: $0.map(\.close)).map(\.lower) }),
    ("bb_width", { BollingerBands(length: 20, deviations: 2).map(over: $0.map(\.close)).map(\.width) }),
    ("bb_percent_b", { BollingerBands(length: 20, deviations: 2).map(over: $0.map(\.close)).map(\.percentB) }),
    ("stddev_20", { BollingerBands(length: 20, deviations: 1).map(over: $0.map(\.close)).map(\.reach) }),
    ("donchian_upper", { DonchianChannel(length: 20).map(over: $0).map(\.upper) }),
    ("donchian_lower", { DonchianChannel(length: 20).map(over: $0).map(\.lower) }),
    ("donchian_middle", { DonchianChannel(length: 20).map(over: $0).map(\.middle) }),
    ("rsi_7", { RelativeStrengthIndex(length: 7).map(over: $0.map(\.close)) }),
    ("rsi_14", { RelativeStrengthIndex(length: 14).map(over: $0.map(\.close)) }),
    ("rsi_21", { RelativeStrengthIndex(length: 21).map(over: $0.map(\.close)) }),
    ("macd", { convergence($0).map(\.difference) }),
    ("macd_signal", { convergence($0).map(\.signal) }),
    ("macd_hist", { convergence($0).map(\.histogram) }),
    ("adx_14", { DirectionalMovement(length: 14).map(over: $0).map(\.strength) }),
    ("plus_di_14", { DirectionalMovement(length: 14).map(over: $0).map(\.plus) }),
    ("minus_di_14", { DirectionalMovement(length: 14).map(over: $0).map(\.minus) }),
    ("dx_14", { DirectionalMovement(length: 14).map(over: $0).map(\.index) }),
    ("stoch_k", { StochasticOscillator(length: 14, k: 3, d: 3).map(over: $0).map(\.k) }),
    ("stoch_d", { StochasticOscillator(length: 14, k: 3, d: 3).map(over: $0).map(\.d) }),
    ("willr_14", { WilliamsRange(length: 14).map(over: $0) }),
    ("rocp_10", { RateOfChange(length: 10).map(over: $0.map(\.close)) }),
    ("obv", { OnBalanceVolume(slope: 20).map(over: $0).map(\.total) }),
    ("volume_surge_20", { VolumeSurge(length: 20).map(over: $0.map(\.volume)) }),
    ("atr_14", { AverageTrueRange(length: 14).map(over: $0).map(\.average) }),
    ("atr_10", { AverageTrueRange(length: 10).map(over: $0).map(\.average) }),
    ("natr_14", { AverageTrueRange(length: 14).map(over: $0).map(\.normalised) }),
    ("rv_close_24", { RealisedVolatility(length: 24, perYear: 8760).map(over: $0.map(\.close)) }),
]

private func convergence(_ bars: [Bar]) -> [MovingAverageConvergence.Lines] {
    MovingAverageConvergence(fast: 12, slow: 26, signal: 9).map(over: bars.map(\.close))
}
