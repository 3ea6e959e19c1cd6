internal import Logging
internal import Schema

/// Writes a line for each step from a feed event to a fill, with the id by which the steps of one chain are found again:
/// `trace.id`, the position in the feed of the event that began it, as `tidegate trace` takes it.
///
/// Controls, orders and what became of them are told at level `info`, all steps before an order at `debug`.
struct TraceLog {
    private let logger: Logger

    init(_ logger: Logger) { self.logger = logger }

    func note(_ batch: LogBatch) {
        guard logger.logLevel <= .info else { return }
        for entry in batch.entries { note(entry.event) }
    }

    private func note(_ event: Event) {
        switch event.message {
        case .candle(let candle):
            write(
                .debug, "candle", event,
                [
                    "instrument": "\(candle.instrument.name)", "candle.timeframe": "\(candle.timeframe.rawValue)",
                    "candle.open_time": "\(candle.openTime)",
                ])
        case .control(let control): write(.info, "control", event, ["control.id": "\(control.id)"])
        case .features(let vector):
            write(
                .debug, "features", event,
                ["instrument": "\(vector.instrument.name)", "features.id": "\(vector.featureSet)"])
        case .prediction(let prediction):
            write(
                .debug, "prediction", event,
                [
                    "model.version": "\(prediction.model)", "instrument": "\(prediction.instrument.name)",
                    "prediction.probability": "\(prediction.probability)",
                ])
        case .decision(let decision):
            write(
                .debug, "decision", event,
                [
                    "decision.id": "\(decision.id)", "decision.action": "\(decision.action.rawValue)",
                    "decision.failed":
                        "\(decision.verdicts.filter { !$0.passed }.map(\.rule.text).joined(separator: " "))",
                ])
        case .order(let order):
            write(
                .info, "order", event,
                [
                    "order.id": "\(order.clientID)", "decision.id": "\(order.decisionID)",
                    "order.side": "\(order.side.rawValue)", "order.quantity": "\(order.quantity)",
                ])
        case .orderEvent(let step):
            write(
                .info, "order \(step.state.rawValue)", event,
                [
                    "order.id": "\(step.clientID)", "order.filled": "\(step.filledQuantity)",
                    "order.reason": "\(step.reason)",
                ])
        case .fill(let fill):
            write(
                .info, "fill", event,
                [
                    "fill.id": "\(fill.id)", "order.id": "\(fill.clientID)", "fill.quantity": "\(fill.quantity)",
                    "fill.price": "\(fill.price)",
                ])
        default: break
        }
    }

    private func write(_ level: Logger.Level, _ message: Logger.Message, _ event: Event, _ more: Logger.Metadata) {
        guard logger.logLevel <= level else { return }
        logger.log(
            level: level, message,
            metadata: more.merging(["trace.id": "\(event.trace)", "feed.position": "\(event.position)"]) { $1 })
    }
}
