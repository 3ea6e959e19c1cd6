import Schema

/// One message of every kind, and more with the extremes of every type.
enum Samples {
    static let bitcoin = Instrument("binance.BTC-USDT")
    static let long = Instrument("abcdefghijklmnopqrstuvwxyz0123456789.AAAAA-BBBBB")

    /// The messages of the fixtures: never change one, since files of them are stored; add new ones to ``extremes()``.
    static func ordinary() throws -> [Message] {
        let time = UnixNanos(seconds: 1_758_319_200)
        return [
            .candle(
                try Candle(
                    instrument: bitcoin, timeframe: .minute15, openTime: time, open: 115_000.1, high: 115_250.25,
                    low: 114_900, close: 115_111.11, volume: 123.456, source: .file)),
            .anomaly(
                Anomaly(
                    kind: .gap, instrument: "binance.BTC-USDT", timeframe: .hour1, time: time, count: 3,
                    detail: "3 candles missing")),
            .control(Control(id: "c-1", change: .tradingStateChanged(.reducing, reason: "drawdown"))),
            .watermark(
                Watermark(
                    position: FeedPosition(42), previous: FeedPosition(40), time: time,
                    tails: [
                        Watermark.Tail(topic: Topic(.candle, bitcoin, .minute15), count: 1, last: 7),
                        Watermark.Tail(topic: Topic(.control), count: 2, last: 9),
                    ])),
            .features(
                FeatureVector(
                    instrument: bitcoin, timeframe: .hour4, openTime: time, asOf: time.advanced(by: 1),
                    featureSet: FeatureSetID(0xFEED_F00D_0000_0001), referencePrice: 115_111.11, volatility: 0.35,
                    values: [0, -0.5, 1e-300, 12.75])),
            .prediction(
                Prediction(
                    model: "lstm-cnn-0007", role: .shadow, instrument: bitcoin, timeframe: .hour4, openTime: time,
                    asOf: time.advanced(by: 2), featureSet: FeatureSetID(1), probability: 0.625, signal: 0.5,
                    confidence: 0.0456, referencePrice: 115_111.11, volatility: 0.35)),
            .decision(
                Decision(
                    model: "lstm-cnn-0007", instrument: bitcoin, openTime: UnixNanos(seconds: 1_758_319_200),
                    time: time, state: .active, action: .sell, targetQuantity: try Decimal12(parsing: "-0.01234"),
                    orderQuantity: try Decimal12(parsing: "0.02"),
                    verdicts: [Decision.Verdict(rule: "drawdown", passed: true, value: 0.01, limit: 0.15)])),
            .order(
                try Order(
                    clientID: "tg00112233445566778899", decisionID: "d", instrument: bitcoin, side: .sell,
                    kind: .stopLimit, quantity: try Decimal12(parsing: "0.02"),
                    limitPrice: try Decimal12(parsing: "114999.5"), stopPrice: try Decimal12(parsing: "115000"),
                    timeInForce: .immediateOrCancel, reduceOnly: true, time: time)),
            .orderEvent(
                OrderEvent(
                    clientID: "tg00112233445566778899", instrument: bitcoin, number: 2, state: .partiallyFilled,
                    filledQuantity: try Decimal12(parsing: "0.01"), reason: "half", time: time)),
            .fill(
                Fill(
                    id: "tg00112233445566778899/1", clientID: "tg00112233445566778899", instrument: bitcoin,
                    side: .sell, quantity: try Decimal12(parsing: "0.01"), price: try Decimal12(parsing: "114999.5"),
                    fee: try Decimal12(parsing: "1.149995"), time: time)),
            .account(
                Account(
                    time: time, cash: try Decimal12(parsing: "100000.000000000001"), equity: Decimal12(99_999),
                    positions: [
                        Account.Position(
                            instrument: bitcoin, quantity: try Decimal12(parsing: "-0.01"),
                            averagePrice: try Decimal12(parsing: "114999.5"),
                            markPrice: try Decimal12(parsing: "115111.11"), realised: .zero,
                            fees: try Decimal12(parsing: "1.149995"))
                    ])),
            .metric(Metric(name: "accuracy_50", label: "lstm-cnn-0007", time: time, value: 0.54)),
        ] + (try market(time))
    }

    /// The messages about the market that are no candles.
    private static func market(_ time: UnixNanos) throws -> [Message] {
        let (bid, ask) = (
            try BookLevel(price: 115_111.1, quantity: 0.5), try BookLevel(price: 115_111.2, quantity: 2)
        )
        return [
            .trade(
                try Trade(
                    instrument: bitcoin, id: "4012345678", price: 115_111.1, quantity: 0.00012, aggressor: .seller,
                    eventTime: time, receiveTime: time.advanced(by: 3_000_000))),
            .quote(
                Quote(instrument: bitcoin, bid: bid, ask: ask, eventTime: time, receiveTime: time.advanced(by: 4))),
            .book(
                Book(
                    instrument: bitcoin, bids: [bid, try BookLevel(price: 115_110, quantity: 7)], asks: [ask],
                    eventTime: time, receiveTime: time.advanced(by: 5))),
            .side(
                try SideValue(
                    series: .fundingRate, instrument: bitcoin, value: -0.000025, time: time,
                    knownAt: time.advanced(by: 7_000_000))),
            .headline(
                try Headline(
                    source: "CoinTelegraph", text: "Bitcoin rises — 5 %", time: time, knownAt: time.advanced(by: 1))),
        ]
    }

    /// Every case of every enumeration, empty texts and lists, and the ends of every number's range.
    static func extremes() throws -> [Message] {
        let least = Decimal12(units: .min)
        let most = Decimal12(units: .max)
        let smallest = Decimal12(units: 1)
        let first = UnixNanos(.min)
        let last = UnixNanos(.max)
        var messages: [Message] = []
        for timeframe in Timeframe.allCases {
            for (index, moment) in [UnixNanos(.min + 1), UnixNanos(0), UnixNanos(.max - timeframe.nanoseconds)]
                .enumerated()
            {
                let aligned = timeframe.openTime(containing: moment)
                let openTime =
                    aligned == first
                    ? UnixNanos(aligned.rawValue / timeframe.nanoseconds * timeframe.nanoseconds) : aligned
                let source = Candle.Source.allCases[index % Candle.Source.allCases.count]
                messages.append(
                    .candle(
                        try Candle(
                            instrument: long, timeframe: timeframe, openTime: openTime,
                            open: .greatestFiniteMagnitude, high: .greatestFiniteMagnitude, low: .leastNonzeroMagnitude,
                            close: .leastNonzeroMagnitude, volume: index == 0 ? 0 : .greatestFiniteMagnitude,
                            source: source)))
            }
        }
        for source in Candle.Source.allCases {
            messages.append(
                .candle(
                    try Candle(
                        instrument: bitcoin, timeframe: .day1, openTime: UnixNanos(0), open: 1, high: 1, low: 1,
                        close: 1, volume: 0, source: source)))
        }
        for kind in Anomaly.Kind.allCases {
            messages.append(
                .anomaly(
                    Anomaly(
                        kind: kind, instrument: "", timeframe: .day1, time: first, count: Int(UInt32.max),
                        detail: "\u{0}é漢🐟")))
        }
        for state in TradingState.allCases {
            messages.append(.control(Control(id: "", change: .tradingStateChanged(state, reason: ""))))
        }
        for share in [1, 0.25, 0] {
            let change = Control.Change.modelActivated(alias: "champion", version: "", share: share)
            messages.append(.control(Control(id: "m", change: change)))
        }
        messages.append(.watermark(Watermark(position: FeedPosition(.max), previous: .start, time: last)))
        let values = [0.0, -0.0, .infinity, -.infinity, .leastNonzeroMagnitude, -.greatestFiniteMagnitude]
        messages.append(
            .features(
                FeatureVector(
                    instrument: long, timeframe: .minute1, openTime: first, asOf: last, featureSet: FeatureSetID(.max),
                    referencePrice: -0.0, volatility: .infinity, values: values)))
        for role in Prediction.Role.allCases {
            messages.append(
                .prediction(
                    Prediction(
                        model: "", role: role, instrument: long, timeframe: .minute1, openTime: last, asOf: first,
                        featureSet: FeatureSetID(0), probability: -.infinity, signal: .infinity, confidence: 0,
                        referencePrice: .greatestFiniteMagnitude, volatility: -0.0)))
        }
        for (uncertainty, quantiles) in [
            (0, []), (.leastNonzeroMagnitude, [(0, 0, 0)]), (nil, [(.min, -0.0, .infinity)]),
        ]
            as [(Double?, [(Int64, Double, Double)])]
        {
            messages.append(
                .prediction(
                    Prediction(
                        model: "tft-1", role: .champion, instrument: bitcoin, timeframe: .hour1, openTime: first,
                        asOf: last, featureSet: FeatureSetID(3), probability: 0.5, signal: 0, confidence: 0,
                        referencePrice: 1, volatility: 0, uncertainty: uncertainty,
                        quantiles: quantiles.map { Prediction.Quantile(horizon: $0, level: $1, logReturn: $2) })))
        }
        for action in Decision.Action.allCases {
            messages.append(
                .decision(
                    Decision(
                        model: "", instrument: long,
                        openTime: UnixNanos(seconds: action == .buy ? -9_223_372_036 : 9_223_372_036),
                        time: first, state: .halted, action: action,
                        targetQuantity: least, orderQuantity: most, verdicts: [])))
        }
        for kind in OrderKind.allCases {
            for timeInForce in TimeInForce.allCases {
                messages.append(
                    .order(
                        try Order(
                            clientID: "", decisionID: "", instrument: long, side: .buy, kind: kind, quantity: smallest,
                            limitPrice: least, stopPrice: kind == .stop ? most : nil, timeInForce: timeInForce,
                            postOnly: true, time: last)))
            }
        }
        for state in OrderEvent.State.allCases {
            messages.append(
                .orderEvent(
                    OrderEvent(
                        clientID: "", instrument: long, number: Int(UInt32.max), state: state, filledQuantity: most,
                        time: first)))
        }
        for side in Side.allCases {
            messages.append(
                .fill(
                    Fill(
                        id: "", clientID: "", instrument: long, side: side, quantity: most, price: smallest, fee: least,
                        time: last)))
        }
        for aggressor in Trade.Aggressor.allCases {
            messages.append(
                .trade(
                    try Trade(
                        instrument: long, id: "", price: .leastNonzeroMagnitude, quantity: .greatestFiniteMagnitude,
                        aggressor: aggressor, eventTime: first, receiveTime: last)))
        }
        let level = try BookLevel(price: .greatestFiniteMagnitude, quantity: 0)
        messages.append(.quote(Quote(instrument: long, bid: level, ask: level, eventTime: last, receiveTime: first)))
        messages.append(.book(Book(instrument: long, bids: [], asks: [], eventTime: last, receiveTime: first)))
        let levels = Array(repeating: level, count: Book.depth)
        messages.append(.book(Book(instrument: long, bids: levels, asks: levels, eventTime: first, receiveTime: last)))
        for series in SideValue.Series.allCases {
            messages.append(
                .side(
                    try SideValue(
                        series: series, instrument: long, value: -.greatestFiniteMagnitude, time: first, knownAt: last))
            )
        }
        messages.append(.headline(try Headline(source: "", text: "\u{0}é漢🐟", time: first, knownAt: first)))
        messages.append(.metric(Metric(name: "", label: "", time: last, value: -.infinity)))
        messages.append(.account(Account(time: first, cash: least, equity: most, positions: [])))
        return messages
    }
}
