import Foundation
import Glibc
import Schema
import Testing

@testable import Bus

/// Messages, batches and items to send in tests.
enum Samples {
    static let bitcoin = Instrument("binance.BTC-USDT")
    static let ether = Instrument("binance.ETH-USDT")

    /// One message of each kind.
    static func messages() throws -> [Message] {
        let time = UnixNanos(iso8601: "2025-09-19T22:00:00Z")!  // a literal that is well formed
        let one = Decimal12(1)
        return [
            .candle(try candle(minute: 0)),
            .anomaly(
                Anomaly(kind: .gap, instrument: "kraken.X", timeframe: .minute5, time: time, count: 3, detail: "é")),
            .control(Control(id: "c-1", change: .tradingStateChanged(.halted, reason: "drill"))),
            .control(Control(id: "c-2", change: .modelActivated(alias: "champion", version: "7"))),
            .watermark(
                Watermark(
                    position: FeedPosition(9), previous: FeedPosition(5), time: time,
                    tails: [Watermark.Tail(topic: Topic(.candle, bitcoin, .minute1), count: 2, last: 8)])),
            .features(features(values: [1, -.infinity, .pi])),
            .prediction(
                Prediction(
                    model: "m", role: .shadow, instrument: bitcoin, timeframe: .hour1, openTime: time, asOf: time,
                    featureSet: FeatureSetID(1), probability: 0.25, signal: -2, confidence: 0.5,
                    referencePrice: 6e4, volatility: 0.5)),
            .decision(
                Decision(
                    model: "m", instrument: bitcoin, openTime: time, time: time, state: .active, action: .buy,
                    targetQuantity: one, orderQuantity: one,
                    verdicts: [Decision.Verdict(rule: "size", passed: true, value: 1, limit: 2)])),
            .order(
                try Order(
                    clientID: "o", decisionID: "d", instrument: bitcoin, side: .sell, kind: .limit, quantity: one,
                    limitPrice: one, time: time)),
            .orderEvent(
                OrderEvent(
                    clientID: "o", instrument: bitcoin, number: 1, state: .filled, filledQuantity: one, time: time)),
            .fill(
                Fill(
                    id: "o/1", clientID: "o", instrument: bitcoin, side: .sell, quantity: one, price: one, fee: .zero,
                    time: time)),
            .metric(Metric(name: "accuracy_50", label: "m", time: time, value: 0.5)),
            .trade(
                try Trade(
                    instrument: bitcoin, id: "t", price: 2, quantity: 3, aggressor: .unknown, eventTime: time,
                    receiveTime: time)),
            .quote(
                Quote(
                    instrument: bitcoin, bid: try BookLevel(price: 1, quantity: 2),
                    ask: try BookLevel(price: 3, quantity: 4), eventTime: time, receiveTime: time)),
            .book(
                Book(
                    instrument: bitcoin, bids: [], asks: [try BookLevel(price: 3, quantity: 4)], eventTime: time,
                    receiveTime: time)),
            .side(
                try SideValue(series: .openInterest, instrument: bitcoin, value: 5, time: time, knownAt: time)),
            .headline(try Headline(source: "s", text: "é", time: time, knownAt: time)),
            .account(
                Account(
                    time: time, cash: one, equity: one,
                    positions: [
                        Account.Position(
                            instrument: bitcoin, quantity: -one, averagePrice: one, markPrice: one, realised: .zero,
                            fees: one)
                    ])),
        ]
    }

    static func candle(minute: Int64, instrument: Instrument = bitcoin) throws -> Candle {
        try Candle(
            instrument: instrument, timeframe: .minute1,
            openTime: UnixNanos(seconds: 1_758_319_200 + minute * 60), open: 1, high: 4, low: 0.5, close: 2, volume: 3,
            source: .exchange)
    }

    static func features(values: [Double]) -> FeatureVector {
        FeatureVector(
            instrument: bitcoin, timeframe: .minute1, openTime: UnixNanos(seconds: 1_758_319_200),
            asOf: UnixNanos(seconds: 1_758_319_260), featureSet: FeatureSetID(0xFEED), referencePrice: 1,
            volatility: 0.5, values: values)
    }

    /// Batch `number` of a log in which each batch has `entries` candles of one topic.
    static func batch(_ number: UInt64, entries: Int = 2, padding: Int = 0) throws -> LogBatch {
        let width = UInt64(entries) + 1
        let start = (number - 1) * width
        var list: [LogEntry] = []
        for ordinal in 0..<UInt64(entries) {
            let sequence = (number - 1) * UInt64(entries) + ordinal + 1
            let position = FeedPosition(start + ordinal + 1)
            let message: Message =
                padding == 0
                ? .candle(try candle(minute: Int64(sequence)))
                : .features(features(values: Array(repeating: Double(sequence), count: padding)))
            list.append(
                LogEntry(event: Event(position: position, message), sequence: sequence, ordinal: UInt32(ordinal)))
        }
        let tails = list.last.map {
            [Watermark.Tail(topic: $0.event.message.topic, count: entries, last: $0.sequence)]
        }
        return LogBatch(
            entries: list,
            watermark: Watermark(
                position: FeedPosition(start + width), previous: FeedPosition(start),
                time: UnixNanos(seconds: 1_758_319_200 + Int64(number) * 60), tails: tails ?? []),
            number: number)
    }

    /// A folder of one's own for sockets and files.
    static func folder() throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("tg-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }
}

/// The transports that a test goes through; each endpoint is free.
enum Wire: String, CaseIterable, CustomTestStringConvertible {
    case inproc, ipc, tcp

    var testDescription: String { rawValue }

    func endpoint() throws -> Endpoint {
        switch self {
        case .inproc: try Endpoint(parsing: "inproc://\(UUID().uuidString)")
        case .ipc: try Endpoint(parsing: "ipc://\(Samples.folder().path)/s")
        case .tcp: try Endpoint(parsing: "tcp://127.0.0.1:*")
        }
    }
}

/// A publisher and a subscriber of it, joined.
struct Pair {
    let publisher: LogPublisher
    let subscriber: LogSubscriber
    let poller: Poller

    init(
        _ wire: Wire, context: ZMQContext, topics: [String] = [], run: UInt64 = 7,
        options: SocketOptions = SocketOptions()
    ) throws {
        let endpoint = try wire.endpoint()
        publisher = try LogPublisher(
            context: context, endpoint: endpoint, recovery: wire == .tcp ? endpoint : nil, run: run, options: options)
        subscriber = try LogSubscriber(
            context: context, endpoints: EndpointList([publisher.endpoint]), topics: topics,
            recovery: .at(EndpointList([publisher.recoveryEndpoint])), options: options)
        poller = Poller(subscribers: [subscriber], publisher: publisher)
        let count = LogSubscriber.subscriptions(to: topics).count
        #expect(try publisher.waitForSubscriptions(count, timeout: limit), "nobody subscribed")
    }

    /// Receives until `isEnough`, or nothing comes for long.
    func receive(into inbox: inout Inbox, until isEnough: (Inbox) -> Bool) throws {
        while !isEnough(inbox) {
            guard try subscriber.drain(into: &inbox) == 0 else { continue }
            if isEnough(inbox) { return }
            guard try poller.wait(timeout: limit).hasItems(subscriber: 0) else {
                Issue.record("nothing arrived; so far \(inbox)")
                return
            }
        }
    }

    /// The requests that arrive until there are `count`.
    func requests(_ count: Int, refused: inout [BusError]) throws -> [LogPublisher.Request] {
        var requests: [LogPublisher.Request] = []
        while requests.count + refused.count < count {
            guard try poller.wait(timeout: limit).hasRequests else {
                Issue.record("no request arrived")
                break
            }
            try publisher.receiveRequests(into: &requests, refused: &refused)
        }
        return requests
    }
}

/// How long a test waits for what must come; far more than it takes.
let limit = Duration.seconds(20)

/// Makes a publisher at a place that another has just left.
///
/// libzmq closes sockets in the background, so within a process the place stays taken for a moment.
func successor(_ make: () throws(BusError) -> LogPublisher) throws -> LogPublisher {
    for _ in 0..<100_000 {
        do throws(BusError) {
            return try make()
        } catch .addressInUse {
            sched_yield()
        }
    }
    return try make()
}
