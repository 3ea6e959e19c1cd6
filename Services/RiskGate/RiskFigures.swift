internal import Schema
internal import ServiceKit
internal import Trading

/// What the risk gate allows, and what it has decided.
enum RiskFigures {
    static let observer = StageObserver<RiskStage>(
        look: { stage, metrics in
            let state = stage.state
            metrics.set(
                .riskState, isOne: state.tradingState.rawValue, of: TradingState.allCases.map(\.rawValue),
                label: "state")
            metrics.set(.drawdownLatched, state.isLatched ? 1 : 0)
            metrics.set(.drawdown, state.drawdown)
        },
        see: { message, metrics in
            guard case .decision(let decision) = message else { return }
            metrics.add(.decisions, labels: ["action": decision.action.rawValue])
            for verdict in decision.verdicts where !verdict.passed {
                metrics.add(.verdictsFailed, labels: ["rule": verdict.rule.text])
            }
        })
}
