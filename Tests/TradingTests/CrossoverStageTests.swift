import Foundation
import Pipeline
import Schema
import Testing
import Trading

@Suite("CrossoverStage")
struct CrossoverStageTests {
    private func predictions(_ runner: inout StageRunner<CrossoverStage>, _ index: Int, _ candle: Candle) throws
        -> [Prediction]
    {
        let watermark = Watermark(position: FeedPosition(2), previous: .start, time: candle.closeTime)
        return try runner.run([[Event(position: FeedPosition(1), .candle(candle))]], closing: watermark).compactMap {
            if case .prediction(let prediction) = $0.message { prediction } else { nil }
        }
    }

    private func closes(_ count: Int) -> [Double] {
        var random = SplitMix64(seed: 1)
        var close = 100.0
        return (0..<count).map { _ in
            close *= 1 + Double.random(in: -0.01...0.01, using: &random)
            return close
        }
    }

    @Test("It predicts from the slow length on, by the sign of fast minus slow, each instrument for itself")
    func rule() throws {
        var runner = StageRunner(CrossoverStage(), inputs: [Topology.Input(Topology.ingestor)])
        let closes = closes(200)
        func average(_ length: Int, _ upTo: Int) -> Double {
            var value = closes[..<length].reduce(0, +) / Double(length)
            for close in closes[length...upTo] { value += 2 / Double(length + 1) * (close - value) }
            return value
        }
        var signals: Set<Double> = []
        for (index, close) in closes.enumerated() {
            let other = try predictions(&runner, index, try flatBar(index, ether, at: 5))
            let made = try predictions(&runner, index, try flatBar(index, at: close))
            guard index >= 19 else {
                #expect(made.isEmpty && other.isEmpty)
                continue
            }
            #expect(other.map(\.signal) == [0] && other.map(\.confidence) == [0] && other.map(\.volatility) == [0])
            let prediction = try #require(made.first)
            guard index >= 20 else { continue }
            let expected: Double = average(10, index) > average(20, index) ? 2 : -2
            #expect(prediction.signal == expected && prediction.probability == (expected > 0 ? 1 : 0))
            #expect(prediction.model == "ema-cross-10-20" && prediction.role == .champion && prediction.confidence == 1)
            #expect(prediction.asOf == moment(index + 1) && prediction.openTime == moment(index))
            #expect(prediction.referencePrice == close)
            signals.insert(prediction.signal)
        }
        #expect(signals == [2, -2])
    }

    @Test("Its volatility is that of the returns, annualised")
    func volatility() throws {
        var runner = StageRunner(CrossoverStage(), inputs: [Topology.Input(Topology.ingestor)])
        var last: Prediction?
        for index in 0..<400 {
            last = try predictions(&runner, index, try flatBar(index, at: index % 2 == 0 ? 100 : 101)).first ?? last
        }
        let expected = 0.00995 * Timeframe.minute1.perYear.squareRoot()
        #expect(abs(try #require(last).volatility / expected - 1) < 0.01)
    }

    @Test("A restored stage goes on as if nothing had happened")
    func restored() throws {
        var straight = StageRunner(CrossoverStage(), inputs: [Topology.Input(Topology.ingestor)])
        var broken = straight
        for (index, close) in closes(120).enumerated() {
            let candle = try flatBar(index, at: close)
            let state = try JSONDecoder().decode(
                CrossoverStage.State.self, from: JSONEncoder().encode(broken.stage.state))
            broken = StageRunner(CrossoverStage(), inputs: [Topology.Input(Topology.ingestor)])
            try broken.restore(state)
            #expect(try predictions(&broken, index, candle) == predictions(&straight, index, candle))
        }
    }
}
