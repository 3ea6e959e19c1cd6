internal import Models
internal import Schema
internal import ServiceKit
internal import Store

@main
enum Main {
    static func main() async {
        await ServiceHost.run("inference-server", about: "predicts with the models in force") { context in
            let registry = RegistryReader(context: context)
            return [
                StageHost(dividing: context, observer: ModelFigures.observer) { _ in
                    InferenceStage { try registry.artifact($0) }
                }
            ]
        }
    }
}
