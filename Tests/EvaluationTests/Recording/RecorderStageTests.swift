import Evaluation
import Foundation
import Pipeline
import Schema
import Testing

@Suite("RecorderStage")
struct RecorderStageTests {
    private static let bitcoin = Instrument("binance.BTC-USDT")
    private static let ether = Instrument("binance.ETH-USDT")

    private static func moment(_ index: Int) -> UnixNanos { UnixNanos(seconds: 1_700_006_400 + Int64(index) * 60) }

    /// The candle that opens at `moment(index)`.
    private static func candle(
        _ index: Int, _ close: Double, _ instrument: Instrument = bitcoin, _ timeframe: Timeframe = .minute1
    ) throws -> Message {
        .candle(
            try Candle(
                instrument: instrument, timeframe: timeframe, openTime: moment(index), open: close, high: close,
                low: close, close: close, volume: 1))
    }

    /// What a model says at the close of that candle.
    private static func prediction(
        _ index: Int, _ probability: Double, price: Double = 100, _ instrument: Instrument = bitcoin,
        model: Name = "m", role: Prediction.Role = .champion, timeframe: Timeframe = .minute1
    ) -> Message {
        .prediction(
            Prediction(
                model: model, role: role, instrument: instrument, timeframe: timeframe, openTime: moment(index),
                asOf: moment(index).advanced(by: timeframe.nanoseconds), featureSet: FeatureSetID(1),
                probability: probability, signal: 0, confidence: 0, referencePrice: price, volatility: 0))
    }

    /// A recorder fed batch by batch.
    private struct Recorder {
        var runner = StageRunner(RecorderStage(), inputs: Topology.inputs(of: Topology.metricsRecorder))
        var position: UInt64 = 0

        /// The metrics of one batch that ends at `moment(index + 1)`, by `name label`.
        mutating func run(_ index: Int, _ inputs: [[Message]]) throws -> [String: Double] {
            position += 1
            let events = inputs.map { $0.map { Event(position: FeedPosition(position), $0) } }
            let watermark = Watermark(
                position: FeedPosition(position), previous: FeedPosition(position - 1), time: moment(index + 1))
            var metrics: [String: Double] = [:]
            for event in try runner.run(events, closing: watermark) {
                guard case .metric(let metric) = event.message else { continue }
                #expect(metric.time == watermark.time && event.position == watermark.position)
                let key = "\(metric.name) \(metric.label)"
                #expect(metrics.updateValue(metric.value, forKey: key) == nil, "\(key) twice at one time")
            }
            return metrics
        }
    }

    @Test("A prediction is scored by the next close, and windows speak when they are full")
    func accuracy() throws {
        var recorder = Recorder()
        var last: [String: Double] = [:]
        // Closes alternate 100, 101; the model says up always, so it is right every other time.
        for index in 0..<52 {
            let close = index % 2 == 0 ? 100.0 : 101
            last = try recorder.run(
                index, [[], [], [Self.prediction(index, 0.75, price: close)], [Self.candle(index, close)]])
            #expect((last["accuracy_50 all"] != nil) == (index >= 50), "\(index)")
        }
        #expect(last["accuracy_50 all"] == 0.5 && last["accuracy_50 m"] == 0.5)
        #expect(last["accuracy_50 m/binance.BTC-USDT"] == 0.5)
        #expect(last["scored_total all"] == 51 && last["predictions_total all"] == 52)
        #expect(last["accuracy_150 all"] == nil)
        for index in 52..<203 {
            last = try recorder.run(index, [[], [], [Self.prediction(index, 0.75)], [Self.candle(index, 101)]])
        }
        #expect(last["accuracy_150 all"] == 1 && last["accuracy_50 all"] == 1)
        #expect(last["brier_150 all"] == 0.0625)
    }

    @Test("The window forgets what is older", arguments: [50, 150])
    func window(_ size: Int) throws {
        var recorder = Recorder()
        var last: [String: Double] = [:]
        for index in 0..<(2 * size + 1) {
            let isRight = index >= size
            last = try recorder.run(
                index, [[], [], [Self.prediction(index, isRight ? 0.9 : 0.1)], [Self.candle(index, 101)]])
        }
        #expect(last["accuracy_\(size) all"] == 1)
        if size == 150 { #expect(abs(try #require(last["brier_150 all"]) - 0.01) < 1e-12) }
    }

    @Test("A shadow has its own labels and no part in all; each instrument is its own")
    func labels() throws {
        var recorder = Recorder()
        var last: [String: Double] = [:]
        for index in 0..<51 {
            last = try recorder.run(
                index,
                [
                    [], [],
                    [
                        Self.prediction(index, 0.9), Self.prediction(index, 0.1, Self.ether),
                        Self.prediction(index, 0.1, model: "s", role: .shadow),
                    ],
                    [Self.candle(index, 101), Self.candle(index, 101, Self.ether)],
                ])
        }
        #expect(last["accuracy_50 m/binance.BTC-USDT"] == 1 && last["accuracy_50 m/binance.ETH-USDT"] == 0)
        #expect(last["accuracy_50 s"] == 0 && last["accuracy_50 s/binance.BTC-USDT"] == 0)
        #expect(last["accuracy_50 all"] == 0.5 && last["accuracy_50 m"] == 0.5)
    }

    @Test("A longer timeframe is scored by the short candle that closes with it; a gap leaves it unscored")
    func timeframes() throws {
        var recorder = Recorder()
        _ = try recorder.run(4, [[], [], [Self.prediction(0, 0.9, timeframe: .minute5)], [Self.candle(4, 100)]])
        for index in 5..<9 {
            #expect(try recorder.run(index, [[], [], [], [Self.candle(index, 99)]])["scored_total all"] == nil)
        }
        let ninth = try recorder.run(
            9,
            [
                [], [], [Self.prediction(9, 0.9), Self.prediction(9, .nan)],
                [Self.candle(9, 101), Self.candle(5, 101, Self.bitcoin, .minute5)],
            ])
        #expect(ninth["scored_total all"] == 1, "once, though two candles close then")
        #expect(ninth["unscored_total all"] == 1, "not a number")
        #expect(try recorder.run(11, [[], [], [], [Self.candle(11, 101)]])["unscored_total all"] == 2)
    }

    @Test("In a batch of several moments each prediction is scored by the first candle that closes when it is due")
    func moments() throws {
        var recorder = Recorder()
        let predictions = [Self.prediction(0, 0.9), Self.prediction(1, 0.9), Self.prediction(1, 0.9, Self.ether)]
        let candles = try [
            Self.candle(1, 101), Self.candle(2, 101), Self.candle(2, 101, Self.ether), Self.candle(3, 101),
        ]
        let metrics = try recorder.run(3, [[], [], predictions, candles])
        #expect(metrics["scored_total all"] == 3 && metrics["unscored_total all"] == nil)
    }

    @Test("Equity, drawdown and exposure are told at each watermark that has an account")
    func account() throws {
        func account(_ index: Int, equity: Int, _ quantity: Int) -> Message {
            .account(
                Account(
                    time: Self.moment(index + 1), cash: .zero, equity: Decimal12(equity),
                    positions: [(Self.bitcoin, quantity), (Self.ether, 2)].map {
                        Account.Position(
                            instrument: $0.0, quantity: Decimal12($0.1), averagePrice: .one, markPrice: Decimal12(10),
                            realised: .zero, fees: .zero)
                    }))
        }
        var recorder = Recorder()
        var metrics = try recorder.run(0, [[], [account(0, equity: 1000, -5)], [], []])
        #expect(metrics["equity all"] == 1000 && metrics["drawdown all"] == 0)
        #expect(metrics["exposure binance.BTC-USDT"] == -0.05 && metrics["exposure binance.ETH-USDT"] == 0.02)
        #expect(metrics["gross_exposure all"] == 0.07)
        metrics = try recorder.run(1, [[], [account(1, equity: 750, 0)], [], []])
        #expect(metrics["drawdown all"] == 0.25)
        #expect(try recorder.run(2, [[], [], [], []]).isEmpty, "no account, no word of it")
        metrics = try recorder.run(3, [[], [account(3, equity: -1, 0)], [], []])
        #expect(metrics["gross_exposure all"] == nil && metrics["equity all"] == -1)
    }

    @Test("What it remembers does not grow with the feed")
    func bounded() throws {
        var recorder = Recorder()
        var sizes: [Int] = []
        for index in 0..<600 {
            _ = try recorder.run(index, [[], [], [Self.prediction(index, 0.75)], [Self.candle(index, 101)]])
            if index == 299 || index == 599 {
                sizes.append(try JSONEncoder().encode(recorder.runner.stage.state).count)
            }
        }
        #expect(sizes[0] == sizes[1])
    }

    @Test("A restored recorder goes on as if nothing had happened")
    func restored() throws {
        var straight = Recorder()
        var broken = Recorder()
        var random = SplitMix64(seed: 4)
        for index in 0..<300 {
            let probability = Double.random(in: 0...1, using: &random)
            let close = Double.random(in: 99...101, using: &random)
            let inputs = [[], [], [Self.prediction(index, probability)], [try Self.candle(index, close)]]
            if index % 7 == 3 {
                let state = try JSONDecoder().decode(
                    RecorderStage.State.self, from: JSONEncoder().encode(broken.runner.stage.state))
                broken.runner = StageRunner(
                    RecorderStage(), inputs: Topology.inputs(of: Topology.metricsRecorder))
                try broken.runner.restore(state)
            }
            #expect(try broken.run(index, inputs) == straight.run(index, inputs))
        }
    }
}
