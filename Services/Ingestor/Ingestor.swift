internal import Bus
internal import Pipeline
internal import ServiceKit
internal import ServiceLifecycle

/// Numbers every event that the sources give, once, stores it, and then publishes it.
struct Ingestor: Service {
    let context: ServiceContext
    let settings: Settings
    /// Filled by a ``VenueFetcher`` where the source is an exchange.
    let queue: SourceQueue?
    let waker: Waker

    func run() async throws {
        let stop = StopFlag()
        try await withGracefulShutdownHandler {
            try await DedicatedThread.run(named: context.name) {
                let thread = try FeedThread(self, stop: stop)
                try thread.run()
            }
        } onGracefulShutdown: {
            stop.raise()
            waker.wake()
        }
    }
}
