internal import Bus
internal import Pipeline
internal import ServiceKit
internal import ServiceLifecycle

/// Numbers every event that the sources give, once, stores it, and then publishes it.
struct Ingestor: Service {
    let context: ServiceContext
    let settings: Settings
    /// Filled by the ``VenueFollower`` of each venue where the source may be an exchange.
    let queue: LiveQueue?
    let waker: Waker

    func run() async throws {
        try await DedicatedThread.serve(context, waker: waker) { stop in
            try FeedThread(self, stop: stop).run()
        }
    }
}
