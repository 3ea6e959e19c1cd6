internal import Foundation
internal import Schema
internal import Store

/// The way of a feed event, for people and as JSON.
struct TraceReport: Encodable {
    struct Step: Encodable {
        /// As in a topic, for example `order-event`.
        let kind: String
        let position: UInt64
        /// When what it tells happened, by the feed.
        @Nullable var eventTime: String?
        let storedAt: String
        /// From storing the feed event to storing this.
        let milliseconds: Double
        let message: TraceContent
    }

    /// The feed event that began it all: the `trace.id` of the services' logs.
    let trace: UInt64
    let steps: [Step]

    init(_ origin: FeedPosition, _ steps: [TraceStep]) {
        trace = origin.rawValue
        let start = steps.first?.storedAt.rawValue ?? 0
        self.steps = steps.map { step in
            Step(
                kind: step.message.kind.stream, position: step.position.rawValue,
                eventTime: step.message.eventTime?.description, storedAt: step.storedAt.description,
                milliseconds: Double((step.storedAt.rawValue - start) / 1000) / 1000,
                message: TraceContent(message: step.message))
        }
    }

    /// A line for each step, and one for each verdict.
    var text: String {
        var table = TextTable(columns: ["stored at", "after ms", "position", "event time", "what"])
        for step in steps {
            let lines = step.message.lines
            table.add([
                step.storedAt, String(format: "%.1f", step.milliseconds), "\(step.position)", step.eventTime ?? "-",
                lines.first ?? "",
            ])
            for line in lines.dropFirst() { table.add(["", "", "", "", "  " + line]) }
        }
        let orders = steps.count { $0.kind == Message.Kind.order.stream }
        return "trace \(trace)\n\n\(table.text)"
            + (orders == 0
                ? "\n\n\(steps.contains { $0.kind == "decision" } ? "no order" : "no decision") came of it" : "")
    }
}

/// A message in the words of the trace.
struct TraceContent: Encodable {
    let message: Message

    func encode(to encoder: any Encoder) throws {
        switch message {
        case .candle(let value): try value.encode(to: encoder)
        case .anomaly(let value): try value.encode(to: encoder)
        case .control(let value): try value.encode(to: encoder)
        case .watermark(let value): try value.encode(to: encoder)
        case .features(let value): try value.encode(to: encoder)
        case .prediction(let value): try value.encode(to: encoder)
        case .decision(let value): try value.encode(to: encoder)
        case .order(let value): try value.encode(to: encoder)
        case .orderEvent(let value): try value.encode(to: encoder)
        case .fill(let value): try value.encode(to: encoder)
        case .account(let value): try value.encode(to: encoder)
        case .metric(let value): try value.encode(to: encoder)
        case .trade(let value): try value.encode(to: encoder)
        case .quote(let value): try value.encode(to: encoder)
        case .book(let value): try value.encode(to: encoder)
        case .side(let value): try value.encode(to: encoder)
        case .headline(let value): try value.encode(to: encoder)
        }
    }

    /// The first says what it is, the others what belongs to it.
    var lines: [String] {
        switch message {
        case .candle(let candle):
            return [
                "candle \(candle.instrument.name)/\(candle.timeframe.rawValue)/\(candle.openTime): close \(candle.close), "
                    + "volume \(candle.volume), from \(candle.source.rawValue)"
            ]
        case .anomaly(let anomaly):
            return ["anomaly \(anomaly.kind.rawValue) of \(anomaly.instrument): \(anomaly.detail)"]
        case .control(let control): return ["control \(control.id): \(Self.words(control.change))"]
        case .watermark: return ["watermark: the batch is out"]
        case .features(let vector): return ["features of \(vector.instrument.name)"]
        case .prediction(let prediction):
            return [
                "prediction \(prediction.model) (\(prediction.role.rawValue)): up with "
                    + Figures.number(prediction.probability)
                    + (prediction.uncertainty.map { " ± \(Figures.number($0))" } ?? "")
                    + ", signal \(Figures.number(prediction.signal)), "
                    + "confidence \(Figures.number(prediction.confidence)) at \(prediction.referencePrice)"
            ]
                + prediction.quantiles.map { quantile in
                    "\(Figures.number(quantile.level * 100)) % quantile after "
                        + "\(Figures.duration(Double(quantile.horizon) / 1e9)): log return "
                        + Figures.number(quantile.logReturn)
                }
        case .decision(let decision):
            return [
                "decision \(decision.id): \(decision.action.rawValue)"
                    + (decision.action == .hold ? "" : " \(decision.orderQuantity)")
                    + ", target \(decision.targetQuantity), trading \(decision.state.rawValue)"
            ]
                + decision.verdicts.map {
                    "\($0.passed ? "passed" : "FAILED") \($0.rule): \(Figures.number($0.value)), limit "
                        + Figures.number($0.limit)
                }
        case .order(let order):
            return [
                "order \(order.clientID): \(order.side.rawValue) \(order.quantity) \(order.instrument.name), "
                    + order.kind.rawValue + (order.reduceOnly ? ", reduces only" : "")
            ]
        case .orderEvent(let event):
            return [
                "order \(event.clientID) \(event.state.rawValue), filled \(event.filledQuantity)"
                    + (event.reason.isEmpty ? "" : ": \(event.reason)")
            ]
        case .fill(let fill):
            return ["fill \(fill.id): \(fill.side.rawValue) \(fill.quantity) at \(fill.price), fee \(fill.fee)"]
        case .account(let account):
            return ["account: equity \(account.equity), cash \(account.cash)"]
                + account.positions.map {
                    "\($0.instrument.name) \($0.quantity) at \($0.averagePrice), marked \($0.markPrice)"
                }
        case .metric(let metric): return ["metric \(metric.name)"]
        case .trade(let trade):
            return [
                "trade \(trade.instrument.name)/\(trade.id): \(trade.quantity) at \(trade.price), \(trade.aggressor)"
            ]
        case .quote(let quote):
            return ["quote \(quote.instrument.name): bid \(quote.bid.price), ask \(quote.ask.price)"]
        case .book(let book): return ["book \(book.instrument.name): \(book.bids.count) bids, \(book.asks.count) asks"]
        case .side(let value):
            return ["\(value.series.rawValue) of \(value.instrument.name): \(value.value), known at \(value.knownAt)"]
        case .headline(let headline): return ["headline of \(headline.source): \(headline.text)"]
        }
    }

    private static func words(_ change: Control.Change) -> String {
        switch change {
        case .modelActivated(let alias, let version, let share):
            "\(alias) is \(version)" + (share < 1 ? " for \(share) of the instruments" : "")
        case .tradingStateChanged(let state, let reason): "trading is \(state.rawValue): \(reason)"
        }
    }
}
