internal import Configuration
internal import Schema
internal import ServiceKit
internal import Trading

@main
enum Main {
    static func main() async {
        await ServiceHost.run(
            "risk-gate", about: "decides at every watermark what may be ordered", keys: RiskSettings.keys
        ) { context in
            let settings = try RiskSettings { context.config.string(forKey: ConfigKey($0)) }
            // An order's intent is in the database before the order is on its way.
            return [
                StageHost(context: context, storedFirst: [.order], observer: RiskFigures.observer) {
                    RiskStage(settings)
                }
            ]
        }
    }
}
