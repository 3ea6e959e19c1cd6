internal import Foundation
internal import Synchronization

/// How to start one service.
struct ServiceSpecification: Sendable, Equatable {
    let name: String
    var arguments: [String]
}

/// One service under supervision: started again whenever it ends, until it is told to stop.
final class SupervisedService: Sendable {
    private struct State {
        var specification: ServiceSpecification
        var executable: URL
        var process: Process?
        var restarts = 0
        /// How often it was told to stop: a process of an earlier life, whose end is heard of late, is not started again.
        var life = 0
        /// Exits in quick succession, for the pause between two starts.
        var quickExits = 0
        var startedAt = DispatchTime.now()
    }

    let name: String
    private let environment: [String: String]
    private let log: String
    private let state: Mutex<State>
    private let onExit: @Sendable (_ name: String, _ status: Int32) -> Void

    init(
        _ specification: ServiceSpecification, executable: URL, environment: [String: String], log: String,
        onExit: @escaping @Sendable (_ name: String, _ status: Int32) -> Void
    ) {
        name = specification.name
        self.environment = environment
        self.log = log
        self.onExit = onExit
        state = Mutex(State(specification: specification, executable: executable))
    }

    var processID: Int32? { state.withLock { $0.process.flatMap { $0.isRunning ? $0.processIdentifier : nil } } }
    var restarts: Int { state.withLock { $0.restarts } }

    func start() throws { try start(in: state.withLock { $0.life }) }

    private func start(in life: Int) throws {
        if !FileManager.default.fileExists(atPath: log) {
            _ = FileManager.default.createFile(atPath: log, contents: nil)
        }
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: log))
        try handle.seekToEnd()
        let process = Process()
        let (executable, arguments, restarts) = state.withLock {
            ($0.executable, $0.specification.arguments, $0.restarts)
        }
        process.executableURL = executable
        process.arguments = arguments + ["--supervisor-restarts", "\(restarts)"]
        process.environment = environment
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = handle
        process.standardError = handle
        process.terminationHandler = { [weak self] process in
            try? handle.close()
            self?.ended(process, in: life)
        }
        try process.run()
        let isOver = state.withLock { state in
            guard state.life == life else { return true }
            state.process = process
            state.startedAt = .now()
            return false
        }
        if isOver { Self.end(process, within: 10) }
    }

    /// SIGKILL, as a power cut would.
    func kill() {
        guard let processID else { return }
        Foundation.kill(processID, SIGKILL)
    }

    /// Tells it to end in order; then it is started again, from `executable` where one is given.
    func renew(executable: URL? = nil) {
        if let executable { state.withLock { $0.executable = executable } }
        guard let processID else { return }
        Foundation.kill(processID, SIGTERM)
    }

    /// SIGKILL, and no other start.
    func abandon() {
        let process = state.withLock { state -> Process? in
            state.life += 1
            return state.process
        }
        if let process, process.isRunning { Foundation.kill(process.processIdentifier, SIGKILL) }
    }

    /// Ends the service in an orderly way, and with SIGKILL when it does not end within `seconds`.
    func stop(within seconds: Double = 10) {
        let process = state.withLock { state -> Process? in
            state.life += 1
            return state.process
        }
        if let process { Self.end(process, within: seconds) }
    }

    private static func end(_ process: Process, within seconds: Double) {
        func wait(_ seconds: Double) {
            let deadline = DispatchTime.now() + seconds
            while process.isRunning, DispatchTime.now() < deadline { usleep(5000) }
        }
        guard process.isRunning else { return }
        process.terminate()
        wait(seconds)
        guard process.isRunning else { return }
        Foundation.kill(process.processIdentifier, SIGKILL)
        // A process that waits for a disk may outlive even that.
        wait(5)
    }

    /// Stops the service and starts it with other arguments.
    func replace(arguments: [String], within seconds: Double = 10) throws {
        stop(within: seconds)
        state.withLock { $0.specification.arguments = arguments }
        try start()
    }

    private func ended(_ process: Process, in life: Int) {
        let pause = state.withLock { state -> Double? in
            guard state.life == life else { return nil }
            state.restarts += 1
            let lived = Double(DispatchTime.now().uptimeNanoseconds - state.startedAt.uptimeNanoseconds) / 1e9
            // A kill from outside is answered at once; a service that cannot start is not started all the time.
            let wasKilled = process.terminationReason == .uncaughtSignal
            state.quickExits = lived < 2 && !wasKilled ? state.quickExits + 1 : 0
            return min(5, 0.02 * Double(1 << min(state.quickExits, 8)))
        }
        guard let pause else { return }
        if process.terminationReason == .exit { onExit(name, process.terminationStatus) }
        DispatchQueue.global().asyncAfter(deadline: .now() + pause) { [weak self] in
            guard let self, self.state.withLock({ $0.life }) == life else { return }
            try? self.start(in: life)
        }
    }
}
