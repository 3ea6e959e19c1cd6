import Features
import Foundation
import TestKit
import Testing

@Suite("Hurst's exponent")
struct HurstExponentTests {
    private struct Reference: Decodable {
        struct Range: Decodable {
            let H: Double
            let sizes: [Int]
        }
        struct Lags: Decodable {
            let H: Double
            let lags: [Int]
        }
        struct Fluctuation: Decodable {
            let alpha: Double
            let sizes: [Int]
        }
        let rescaled_range: Range
        let lag_std: Lags
        let dfa1: Fluctuation
    }

    @Test(
        "Three estimates are the reference's", .enabled(if: SharedData.folder != nil || SharedData.required))
    func golden() throws {
        let folder = try #require(SharedData.folder).appendingPathComponent("golden")
        let reference = try JSONDecoder().decode(
            Reference.self, from: Data(contentsOf: folder.appendingPathComponent("03_hurst.json")))
        let closes = try GoldenTable("01_indicators_input.csv").values("close").prefix(4097)
        let levels = closes.map { log($0) }
        let returns = zip(levels.dropFirst(), levels).map { $0 - $1 }
        let pairs = [
            (HurstExponent.rescaledRange(returns, sizes: reference.rescaled_range.sizes), reference.rescaled_range.H),
            (HurstExponent.lagDeviation(levels, lags: reference.lag_std.lags), reference.lag_std.H),
            (HurstExponent.detrendedFluctuation(returns, sizes: reference.dfa1.sizes), reference.dfa1.alpha),
        ]
        for (ours, theirs) in pairs { #expect(abs(ours - theirs) <= 1e-8 * abs(theirs), "\(ours), not \(theirs)") }
    }

    @Test("A straight line has the exponent 1, and a series that goes to and fro has less than a random walk's")
    func known() {
        let line = (0..<500).map { Double($0 * $0) }
        #expect(HurstExponent.lagDeviation(line, lags: Array(2...20)) > 0.95)
        let zigzag = (0..<500).map { Double($0 % 2) + Double($0 % 7) / 10 }
        #expect(HurstExponent.lagDeviation(zigzag, lags: Array(2...12)) < 0.2)
    }
}
