internal import Bus
internal import Schema
internal import ServiceKit
internal import ServiceLifecycle

@main
enum Main {
    static func main() async {
        await ServiceHost.run(
            "ingestor", about: "takes market data from a source, numbers it, stores it and publishes it",
            keys: Settings.keys
        ) { context in
            let settings = try Settings(context.config)
            let waker = try Waker()
            let queue = settings.source == .exchange ? SourceQueue() : nil
            var services: [any Service] = []
            if let queue {
                services.append(
                    VenueFetcher(
                        context: context, settings: settings, queue: queue, waker: waker, clock: ContinuousClock()))
            }
            services.append(Ingestor(context: context, settings: settings, queue: queue, waker: waker))
            return services
        }
    }
}
