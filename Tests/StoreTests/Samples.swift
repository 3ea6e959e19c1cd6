import Schema
import Store

/// Messages to store; `index` tells one from another.
enum Sample {
    static let bitcoin = Instrument("binance.BTC-USDT")
    static let ether = Instrument("binance.ETH-USDT")

    static func time(_ minute: Int) -> UnixNanos { UnixNanos(seconds: 1_700_000_040 + Int64(minute) * 60) }

    static func candle(_ index: Int, close: Double = 101.25, of instrument: Instrument = bitcoin) throws -> Candle {
        try Candle(
            instrument: instrument, timeframe: .minute1, openTime: time(index), open: 100.1, high: 102.000000000000014,
            low: 0.1 + 0.2, close: close, volume: Double(index), source: .file)
    }

    static func decimal(_ text: String) throws -> Decimal12 { try Decimal12(parsing: text) }

    static func prediction(_ index: Int, probability: Double = 0.625) -> Prediction {
        Prediction(
            model: "xgboost-1", role: .champion, instrument: bitcoin, timeframe: .minute1, openTime: time(index),
            asOf: time(index + 1), featureSet: FeatureSetID(0xFEED_0000_0000_0001), probability: probability,
            signal: -0.0, confidence: .leastNonzeroMagnitude, referencePrice: 1e300, volatility: 1 / 3)
    }

    /// One with all that a model may say.
    static func forecast(_ index: Int, uncertainty: Double = 0.1 + 0.2, logReturn: Double = -1.0 / 3) -> Prediction {
        Prediction(
            model: "tft-1", role: .shadow, instrument: bitcoin, timeframe: .minute1, openTime: time(index),
            asOf: time(index + 1), featureSet: FeatureSetID(1), probability: 0.5, signal: 0, confidence: 0,
            referencePrice: 1, volatility: 0, uncertainty: uncertainty,
            quantiles: [
                .init(horizon: 3_600_000_000_000, level: 0.1, logReturn: logReturn),
                .init(horizon: 3_600_000_000_000, level: 0.9, logReturn: .leastNonzeroMagnitude),
                .init(horizon: .max, level: 0.5, logReturn: 1e300),
            ])
    }

    static func decision(_ index: Int) throws -> Decision {
        Decision(
            model: "xgboost-1", instrument: bitcoin, openTime: time(index), time: time(index), state: .reducing,
            action: .sell, targetQuantity: try decimal("-0.000000000001"), orderQuantity: try decimal("12.5"),
            verdicts: [
                Decision.Verdict(rule: "drawdown \"20 %\"\n\u{1}", passed: true, value: 0.1, limit: 0.2),
                Decision.Verdict(rule: "exposure", passed: false, value: .infinity, limit: -1e-7),
            ])
    }

    static func order(_ index: Int, quantity: String = "0.5") throws -> Order {
        try Order(
            clientID: "order-\(index)", decisionID: "decision-\(index)", instrument: bitcoin, side: .buy,
            kind: .stopLimit, quantity: decimal(quantity),
            limitPrice: index % 2 == 0 ? decimal("61234.123456789012") : nil,
            stopPrice: decimal("60000"), timeInForce: .immediateOrCancel, reduceOnly: true, postOnly: false,
            time: time(index))
    }

    static func orderEvent(_ index: Int) throws -> OrderEvent {
        OrderEvent(
            clientID: "order-\(index)", instrument: bitcoin, number: 2, state: .partiallyFilled,
            filledQuantity: try decimal("0.25"), reason: "half", time: time(index))
    }

    static func fill(_ index: Int, fee: String = "-0.01") throws -> Fill {
        Fill(
            id: "order-\(index)/1", clientID: "order-\(index)", instrument: bitcoin, side: .sell,
            quantity: try decimal("0.25"), price: try decimal("61000.01"), fee: try decimal(fee), time: time(index))
    }

    static func account(_ index: Int, cash: String = "99999.000000000001") throws -> Account {
        let zero = Decimal12.zero
        return Account(
            time: time(index), cash: try decimal(cash), equity: try decimal("100000"),
            positions: [
                .init(
                    instrument: bitcoin, quantity: try decimal("-3"), averagePrice: try decimal("7.5"),
                    markPrice: try decimal("8"), realised: zero, fees: try decimal("0.1")),
                .init(
                    instrument: ether, quantity: zero, averagePrice: zero, markPrice: zero, realised: zero, fees: zero),
            ])
    }

    static func anomaly(_ index: Int) -> Anomaly {
        Anomaly(kind: .gap, instrument: "who?", timeframe: .hour1, time: time(index), count: index, detail: "hole")
    }

    /// One message of every kind that has a table.
    static func everything(_ index: Int) throws -> [Message] {
        [
            .candle(try candle(index)), .anomaly(anomaly(index)), .prediction(prediction(index)),
            .prediction(forecast(index)),
            .decision(try decision(index)), .order(try order(index)), .orderEvent(try orderEvent(index)),
            .fill(try fill(index)), .account(try account(index)),
            .metric(Metric(name: "accuracy_50", label: "all", time: time(index), value: 0.5)),
        ]
    }

    /// Numbers messages, each at a feed position of its own from `first` on.
    static func entries(_ messages: [Message], from first: UInt64 = 1) -> [LogEntry] {
        messages.enumerated().map { offset, message in
            LogEntry(
                event: Event(position: FeedPosition(first + UInt64(offset)), message), sequence: first + UInt64(offset),
                ordinal: UInt32(offset))
        }
    }

    /// Feed batches of `size` candles each, positions from 1 on without holes.
    static func batches(_ numbers: Range<Int>, size: Int = 3, close: Double = 101.25) throws -> [LogBatch] {
        try numbers.map { number in
            let first = UInt64(number * (size + 1) + 1)
            let entries = entries(
                try (0..<size).map { .candle(try candle(number * size + $0, close: close)) }, from: first)
            let topic = Topic(.candle, bitcoin, .minute1)
            return LogBatch(
                entries: entries,
                watermark: Watermark(
                    position: FeedPosition(first + UInt64(size)), previous: FeedPosition(first - 1),
                    time: time((number + 1) * size),
                    tails: [.init(topic: topic, count: size, last: UInt64((number + 1) * size))]),
                number: UInt64(number + 1))
        }
    }
}
