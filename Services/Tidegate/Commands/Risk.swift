internal import ArgumentParser
internal import Schema
internal import Store

/// Stops trading, allows only smaller positions, or lets it go on.
struct Risk: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Halts trading, reduces it, or lets it go on.",
        discussion: "The change becomes part of the feed, at the position that is printed, and a replay repeats it.",
        subcommands: [Halt.self, Reduce.self, Resume.self])

    struct Options: ParsableArguments {
        @OptionGroup var location: WorkspaceOptions
        @Option(help: "Why, for the record.") var reason: String
        @Option(help: "Seconds to wait until the ingestor has placed it.") var timeout = 30.0
        @Flag(help: "Print one JSON object.") var json = false

        func validate() throws {
            guard timeout >= 0, timeout.isFinite else { throw ValidationError("--timeout is not below zero") }
            guard !reason.allSatisfy(\.isWhitespace) else { throw ValidationError("--reason is empty") }
        }

        func ask(for state: TradingState) async throws {
            try await CommandFailure.explaining {
                let connection = try location.workspace.requiredDatabase().connect()
                let id = ControlPlacement.identifier("risk/\(state.rawValue)")
                try ControlRequests(connection).submit(
                    Control(id: id, change: .tradingStateChanged(state, reason: reason)))
                let position = try await ControlPlacement.wait(for: id, seconds: timeout, connection)
                try ControlPlacement.report(
                    ControlPlacement.Outcome(id: id, change: "trading is \(state.rawValue)", position: position),
                    waited: timeout, json: json, connection)
            }
        }
    }

    struct Halt: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "No orders any more.")
        @OptionGroup var options: Options
        func run() async throws { try await options.ask(for: .halted) }
    }

    struct Reduce: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Only orders that make positions smaller.")
        @OptionGroup var options: Options
        func run() async throws { try await options.ask(for: .reducing) }
    }

    struct Resume: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Orders of every kind again.")
        @OptionGroup var options: Options
        func run() async throws { try await options.ask(for: .active) }
    }
}
