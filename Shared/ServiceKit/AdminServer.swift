internal import Foundation
internal import Hummingbird
internal import Logging
internal import NIOCore
internal import Schema
internal import ServiceLifecycle

/// `/metrics`, `/healthz` and `/readyz` of a service, and whatever else it serves.
struct AdminServer: Sendable {
    let context: ServiceContext

    /// The routes that every service has.
    func router() -> Router<BasicRequestContext> {
        let router = Router()
        let metrics = context.metrics
        let health = context.health
        router.get("healthz") { _, _ in "alive\n" }
        router.get("readyz") { _, _ in
            EditedResponse(status: health.isReady ? .ok : .serviceUnavailable, response: health.reason + "\n")
        }
        router.get("metrics") { _, _ in
            metrics.set(.ready, health.isReady ? 1 : 0)
            tellOfProcess()
            return EditedResponse(
                headers: [.contentType: "text/plain; version=0.0.4"], response: metrics.exposition(at: WallClock.now))
        }
        return router
    }

    private func tellOfProcess() {
        let metrics = context.metrics
        metrics.set(.residentMemory, Double(ProcessFigures.residentBytes))
        metrics.set(.virtualMemory, Double(ProcessFigures.virtualBytes))
        metrics.set(.processorSeconds, ProcessFigures.processorSeconds)
        metrics.set(.openFiles, Double(ProcessFigures.openFiles))
        metrics.set(.maximumFiles, ProcessFigures.maximumFiles)
        metrics.set(.startTime, ProcessFigures.startSeconds)
        metrics.set(
            .buildInfo, 1,
            labels: ["service": context.name, "version": Build.version, "revision": context.settings.revision])
        guard let disk = ProcessFigures.disk(at: context.settings.busFolder) else { return }
        metrics.set(.diskAvailable, Double(disk.available))
        metrics.set(.diskSize, Double(disk.size))
    }

    func application(_ router: Router<BasicRequestContext>) -> any Service {
        var quiet = context.logger
        quiet.logLevel = max(.warning, context.settings.logLevel)
        let logger = context.logger
        let application = Application(
            router: router,
            configuration: .init(
                address: .hostname(context.settings.host, port: context.settings.port), serverName: "tidegate"),
            onServerRunning: { channel in
                logger.info("serving metrics and health", metadata: ["http.port": "\(channel.localAddress?.port ?? 0)"])
            }, logger: quiet)
        return Listener(application: application, address: "\(context.settings.host):\(context.settings.port)")
    }

    /// The application, whose busy port is a mistake in the settings.
    private struct Listener<Application: Service>: Service {
        let application: Application
        let address: String

        func run() async throws {
            do {
                try await application.run()
            } catch let error as IOError where error.errnoCode == EADDRINUSE {
                throw SettingError("http.port: \(address) is in use")
            }
        }
    }
}
