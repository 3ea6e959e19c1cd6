import Foundation
import HTTP
import Pipeline
import RawPeers
import Schema

/// The eight services as processes, over `ipc://` sockets in a folder of its own.
final class Fleet {
    let busFolder: String
    private let settings: [String: String]
    private let databaseURL: String
    private let http: CurlClient
    private var processes: [String: (process: Process, port: Int)] = [:]

    init(folder: String, databaseURL: String, settings: [String: String]) throws {
        busFolder = folder + "/bus"
        self.settings = settings
        self.databaseURL = databaseURL
        http = try CurlClient()
        try FileManager.default.createDirectory(atPath: busFolder, withIntermediateDirectories: true)
    }

    deinit { stop() }

    /// Starts a service, and waits until it says that it is ready.
    ///
    /// - Returns: Seconds.
    @discardableResult
    func start(_ name: String, _ arguments: [String] = []) async throws -> Double {
        let port = try Self.freePort()
        let process = Process()
        process.executableURL = try Self.programs().appendingPathComponent(name)
        process.arguments =
            ["--bus-folder", busFolder, "--http-port", "\(port)", "--log-level", "info"] + arguments
        var environment = ProcessInfo.processInfo.environment
        environment["TIDEGATE_DATABASE_URL"] = databaseURL
        environment["OMP_WAIT_POLICY"] = "passive"
        environment["OMP_NUM_THREADS"] = "1"
        for (key, value) in settings { environment[SettingKey(key, "", "").variable] = value }
        process.environment = environment
        process.standardOutput = FileHandle.standardError
        let start = raw_zmq_now()
        try process.run()
        processes[name] = (process, port)
        let request = HTTPRequest(url: "http://127.0.0.1:\(port)/readyz")
        while raw_zmq_now() - start < 30_000_000_000 {
            guard process.isRunning else { throw BenchmarkFailure("\(name) ended with \(process.terminationStatus)") }
            if let response = try? await http.send(request), response.isSuccess {
                return Double(raw_zmq_now() - start) / 1e9
            }
            try await Task.sleep(for: .milliseconds(1))
        }
        throw BenchmarkFailure("\(name) was not ready after 30 s")
    }

    /// Bytes of memory that a service holds.
    func residentBytes(of name: String) throws -> Double {
        guard let process = processes[name]?.process else { throw BenchmarkFailure("\(name) does not run") }
        let status = try String(contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        guard let text = line?.split(separator: " ").dropFirst().first, let kilobytes = Double(text) else {
            throw BenchmarkFailure("no VmRSS of \(name)")
        }
        return kilobytes * 1024
    }

    func stop(_ name: String) {
        guard let process = processes.removeValue(forKey: name)?.process else { return }
        process.terminate()
        let deadline = raw_zmq_now() + 10_000_000_000
        while process.isRunning, raw_zmq_now() < deadline { usleep(5000) }
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }

    /// Stops all, those first that listen to the others.
    func stop() { for name in Topology.services.reversed() { stop(name) } }

    /// The folder of this program, where the services are too.
    private static func programs() throws -> URL {
        let path = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return URL(fileURLWithPath: path).deletingLastPathComponent()
    }

    private static func freePort() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(descriptor, pointer, length) == 0 && getsockname(descriptor, pointer, &length) == 0
            }
        }
        guard isBound else { throw BenchmarkFailure("no free port") }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}
