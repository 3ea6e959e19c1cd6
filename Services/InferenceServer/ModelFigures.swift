internal import Models
internal import ServiceKit

/// Which model versions predict.
enum ModelFigures {
    static let observer = StageObserver<InferenceStage>(look: { stage, metrics in
        let aliases = stage.aliases
        for alias in ModelRole.all {
            metrics.set(.modelInForce, aliases[alias] == nil ? 0 : 1, labels: ["alias": alias])
        }
        metrics.replace(.modelInfo, aliases.map { ["alias": $0.key, "version": $0.value] })
        metrics.set(.modelStandIns, Double(stage.standIns))
    })
}
