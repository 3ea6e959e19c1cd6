internal import Schema
internal import ServiceKit
internal import Trading

/// What became of the orders.
enum OrderFigures {
    static let observer = StageObserver<ExecutionStage>(
        look: { stage, metrics in
            metrics.set(.openOrders, Double(stage.openOrderCount))
            metrics.set(.equity, stage.account.equity.doubleValue)
        },
        see: { message, metrics in
            switch message {
            case .orderEvent(let event): metrics.add(.orderEvents, labels: ["state": event.state.rawValue])
            case .fill: metrics.add(.fills)
            default: break
            }
        })
}
