internal import ServiceKit
internal import ServiceLifecycle
internal import Store

/// Takes training jobs, one after the other, and does them.
///
/// One thread works; another keeps the lease alive meanwhile, since a step may take longer than the lease.
struct Trainer: Service {
    let context: ServiceContext
    let settings: Settings

    func run() async throws {
        let (stop, ended) = (context.stop, StopFlag())
        let watch = JobWatch()
        try await withTaskCancellationOrGracefulShutdownHandler {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    defer { ended.raise() }
                    try await DedicatedThread.run(named: "\(context.name)-work") {
                        try WorkThread(self, watch, stop: stop).run()
                    }
                }
                group.addTask {
                    // Without a sign of life the work would be in vain.
                    defer { stop.raise() }
                    try await DedicatedThread.run(named: "\(context.name)-pulse") {
                        try PulseThread(self, watch, ended: ended).run()
                    }
                }
                do {
                    try await group.waitForAll()
                } catch StoreError.stopped {
                    // Told to stop while it waited for the database.
                }
            }
        } onCancelOrGracefulShutdown: {
            stop.raise()
        }
    }
}
