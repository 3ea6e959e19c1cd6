internal import Evaluation
internal import Schema
internal import ServiceKit
internal import Store

@main
enum Main {
    static func main() async {
        await ServiceHost.run(
            "metrics-recorder", about: "records how predictions and account do, and serves the dashboard",
            routes: { context, router in
                let client = PostgresClient(
                    context.settings.databaseURL, applicationName: "dashboard",
                    sleep: { WallClock.sleep(milliseconds: $0) }, shouldStop: { context.stop.isRaised })
                let data = PostgresDashboardData(client: client) { WallClock.now }
                DashboardRoutes(data: data, logger: context.logger) { WallClock.now }.add(to: router)
            }
        ) { context in
            [StageHost(context: context) { RecorderStage() }]
        }
    }
}
