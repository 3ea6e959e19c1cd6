internal import Configuration
internal import Evaluation
internal import Schema
internal import ServiceKit
internal import Store

@main
enum Main {
    static let keys = [SettingKey("dashboard.mode", "replay", "what the dashboard says is running: replay or live")]

    static func main() async {
        await ServiceHost.run(
            "metrics-recorder", about: "records how predictions and account do, and serves the dashboard", keys: keys,
            routes: { context, router in
                let client = PostgresClient(
                    context.settings.databaseURL, applicationName: "dashboard",
                    sleep: { WallClock.sleep(milliseconds: $0) })
                let settings = PostgresDashboardData.Settings(
                    mode: context.config.string(forKey: "dashboard.mode", default: "replay"), lastPosition: nil)
                let data = PostgresDashboardData(client: client, settings: settings) { WallClock.now }
                DashboardRoutes(data: data, logger: context.logger) { WallClock.now }.add(to: router)
            }
        ) { context in
            [StageHost(context: context) { RecorderStage() }]
        }
    }
}
