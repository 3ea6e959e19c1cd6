internal import Bus
internal import Market
internal import Schema
internal import ServiceKit
internal import ServiceLifecycle
internal import Venues

@main
enum Main {
    static func main() async {
        await ServiceHost.run(
            "ingestor", about: "takes market data from a source, numbers it, stores it and publishes it",
            keys: Settings.keys
        ) { context in
            let settings = try Settings(context.config)
            let waker = try Waker()
            var services: [any Service] = []
            var queue: LiveQueue?
            if settings.sources.contains(.exchange) {
                let venues = Dictionary(grouping: settings.market.instruments) { Venue(of: $0) }
                let live = LiveQueue(
                    StepCollector(instruments: settings.market.instruments, patience: settings.patience),
                    venues: Set(venues.keys.compactMap(\.self)))
                for case (let venue?, let instruments) in venues {
                    services.append(
                        VenueFollower(
                            context: context, settings: settings, venue: venue, instruments: instruments, queue: live,
                            waker: waker, clock: ContinuousClock()))
                }
                queue = live
            }
            services.append(Ingestor(context: context, settings: settings, queue: queue, waker: waker))
            return services
        }
    }
}
