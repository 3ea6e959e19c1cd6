internal import ServiceKit
internal import ServiceLifecycle
internal import Store
internal import Tensor

/// Takes training jobs, one after the other, and does them.
///
/// One thread works; another keeps the lease alive meanwhile, since a step may take longer than the lease.
struct Trainer: Service {
    let context: ServiceContext
    let settings: Settings

    /// What a trainer must be to fit a network together with this one: so that both compute the same bits, and reach each
    /// other.
    var terms: String {
        var terms = ["build \(context.settings.revision)", "threads \(settings.threads)"]
        terms.append(settings.device == .cpu ? "cpu" : "cuda")
        if settings.isLocal { terms.append("host \(StatusReport.machine)") }
        return terms.joined(separator: ", ")
    }

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
