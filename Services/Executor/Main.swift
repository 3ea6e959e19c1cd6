internal import Configuration
internal import Schema
internal import ServiceKit
internal import Trading

@main
enum Main {
    static func main() async {
        await ServiceHost.run(
            "executor", about: "executes orders on the paper venue and keeps the books",
            keys: ExecutionStage.Settings.keys
        ) { context in
            let settings = try ExecutionStage.Settings { context.config.string(forKey: ConfigKey($0)) }
            return [StageHost(context: context, observer: OrderFigures.observer) { ExecutionStage(settings) }]
        }
    }
}
