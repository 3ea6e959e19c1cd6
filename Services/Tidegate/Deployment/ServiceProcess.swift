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
        var process: Process?
        var restarts = 0
        var isStopping = false
        /// Exits in quick succession, for the pause between two starts.
        var quickExits = 0
        var startedAt = DispatchTime.now()
    }

    let name: String
    private let executable: URL
    private let environment: [String: String]
    private let log: String
    private let state: Mutex<State>
    private let onExit: @Sendable (_ name: String, _ status: Int32) -> Void

    init(
        _ specification: ServiceSpecification, executable: URL, environment: [String: String], log: String,
        onExit: @escaping @Sendable (_ name: String, _ status: Int32) -> Void
    ) {
        name = specification.name
        self.executable = executable
        self.environment = environment
        self.log = log
        self.onExit = onExit
        state = Mutex(State(specification: specification))
    }

    /// The last that was started.
    var process: Process? { state.withLock { $0.process } }
    var processID: Int32? { process.flatMap { $0.isRunning ? $0.processIdentifier : nil } }
    var restarts: Int { state.withLock { $0.restarts } }

    func start() throws {
        if !FileManager.default.fileExists(atPath: log) {
            _ = FileManager.default.createFile(atPath: log, contents: nil)
        }
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: log))
        try handle.seekToEnd()
        let process = Process()
        process.executableURL = executable
        let (arguments, restarts) = state.withLock { ($0.specification.arguments, $0.restarts) }
        process.arguments = arguments + ["--supervisor-restarts", "\(restarts)"]
        process.environment = environment
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = handle
        process.standardError = handle
        process.terminationHandler = { [weak self] process in
            try? handle.close()
            self?.ended(process)
        }
        // Before it runs, since it may end at once, and only the end of the present process is answered.
        state.withLock {
            $0.process = process
            $0.startedAt = .now()
        }
        try process.run()
    }

    /// SIGKILL, as a power cut would.
    func kill() {
        guard let processID else { return }
        Foundation.kill(processID, SIGKILL)
    }

    /// Ends the service in an orderly way, and with SIGKILL when it does not end within `seconds`.
    func stop(within seconds: Double = 10) {
        let process = state.withLock { state -> Process? in
            state.isStopping = true
            return state.process
        }
        guard let process, process.isRunning else { return }
        process.terminate()
        let deadline = DispatchTime.now() + seconds
        while process.isRunning, DispatchTime.now() < deadline { usleep(10_000) }
        if process.isRunning { Foundation.kill(process.processIdentifier, SIGKILL) }
    }

    /// Stops the service and starts it with other arguments.
    func replace(arguments: [String]) throws {
        stop()
        state.withLock {
            $0.specification.arguments = arguments
            $0.isStopping = false
            // Word of its end may come only now, and must not start a second one.
            $0.process = nil
        }
        try start()
    }

    /// Answers word of a process's end, which comes on another thread and maybe late.
    func ended(_ process: Process) {
        let pause = state.withLock { state -> Double? in
            guard !state.isStopping, state.process === process else { return nil }
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
            guard let self, self.state.withLock({ !$0.isStopping && $0.process === process }) else { return }
            try? self.start()
        }
    }
}
