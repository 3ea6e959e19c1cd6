internal import Configuration
internal import Foundation
public import Hummingbird
internal import Logging
public import Schema
public import ServiceLifecycle
internal import SystemPackage
internal import UnixSignals

/// Starts a service process the same way everywhere: settings, logging, metrics, health, signals, orderly shutdown.
public enum ServiceHost {
    /// Builds the parts of a service, runs them until SIGTERM or SIGINT arrives, and ends the process.
    ///
    /// The exit status is 0 after an orderly stop or `--help`, 64 after a mistake in the settings, and 1 after an error; both
    /// are told in one line on standard error. `healthcheck` as the first argument asks the running service instead.
    ///
    /// - Parameters:
    ///   - name: The service's name, for example `feature-builder`.
    ///   - about: One line for `--help`.
    ///   - keys: The service's own settings, beside ``CommonSettings/keys``.
    ///   - routes: Adds what the service serves beside metrics and health.
    ///   - build: Wires the parts; shutdown runs in reverse order.
    public static func run(
        _ name: String, about: String, keys: [SettingKey] = [],
        routes: @Sendable (ServiceContext, Router<BasicRequestContext>) throws -> Void = { _, _ in },
        build: @Sendable (ServiceContext) async throws -> [any Service]
    ) async -> Never {
        let keys = CommonSettings.keys + keys
        let arguments = CommandLine.arguments.dropFirst()
        if arguments.contains("--help") || arguments.contains("-h") {
            print(help(name, about, keys))
            exit(0)
        }
        var running: ServiceContext?
        do {
            let flags = try Flags.variables(arguments.first == "healthcheck" ? arguments.dropFirst() : arguments, keys)
            let config = try await reader(flags)
            if arguments.first == "healthcheck" { await HealthCheck.run(config) }
            let settings = try CommonSettings(config, databaseURL: environment["DATABASE_URL"])
            let logger = makeLogger(name, settings)
            let context = ServiceContext(
                name: name, config: config, settings: settings, logger: logger, metrics: MetricsRegistry(of: name),
                health: Health())
            running = context
            let services = try await build(context)
            let admin = AdminServer(context: context)
            let router = admin.router()
            try routes(context, router)
            let group = ServiceGroup(
                configuration: .init(
                    services: [admin.application(router)] + services,
                    gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
            try await group.run()
            exit(0)
        } catch let error as SettingError {
            FileHandle.standardError.write(Data("\(name): \(error.description)\n".utf8))
            exit(64)
        } catch {
            FileHandle.standardError.write(Data("\(name): \(describe(error))\n".utf8))
            if let running { StatusReport.saveEnd(running, describe(error)) }
            exit(1)
        }
    }

    private static var environment: [String: String] { ProcessInfo.processInfo.environment }

    /// Flags before environment before the settings file.
    private static func reader(_ flags: [String: String]) async throws -> ConfigReader {
        let flags = EnvironmentVariablesProvider(environmentVariables: flags)
        let variables = EnvironmentVariablesProvider().prefixKeys(with: "tidegate")
        let early = ConfigReader(providers: [flags, variables])
        guard let path = early.string(forKey: "settings") else { return early }
        do {
            let file = try await FileProvider<YAMLSnapshot>(filePath: FilePath(path))
            return ConfigReader(providers: [flags, variables, file])
        } catch {
            throw SettingError("settings file \(path) cannot be read: \(error)")
        }
    }

    private static func makeLogger(_ name: String, _ settings: CommonSettings) -> Logger {
        let isJSON = settings.logsAsJSON
        var logger = Logger(label: name) { label in
            isJSON ? JSONLogHandler(label: label) as any LogHandler : StreamLogHandler.standardError(label: label)
        }
        logger.logLevel = settings.logLevel
        return logger
    }

    private static func help(_ name: String, _ about: String, _ keys: [SettingKey]) -> String {
        let width = (keys.map(\.flag.count).max() ?? 0) + 2
        let lines = keys.map { key in
            let padding = String(repeating: " ", count: width - key.flag.count)
            return "  \(key.flag)\(padding)\(key.meaning)\(key.standard.isEmpty ? "" : " (default \(key.standard))")"
        }
        return """
            \(name): \(about)

            usage: \(name) [flags]
                   \(name) healthcheck --http-port PORT   exit 0 when the running service is ready

            Each flag may also be an environment variable, --bus-folder as TIDEGATE_BUS_FOLDER, or stand in the YAML file
            that --settings names, as `bus: {folder: …}`.

            \(lines.joined(separator: "\n"))
            """
    }

    /// An error in one line, with what a person needs.
    static func describe(_ error: any Error) -> String {
        let text = String(reflecting: error)
        return text.replacing("\n", with: " ")
    }
}
