internal import Foundation

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// Runs a program and waits for it.
///
/// Not Foundation's `Process`: that waits until a socket which the program inherits is closed, and a server that the
/// program leaves behind never closes it.
enum ChildProcess {
    /// Runs a program with an environment of its own, so that no `PGDATA` or the like gets in.
    ///
    /// - Returns: Its exit status (128 and more for a signal), and what it wrote to both its outputs.
    static func run(_ command: [String]) throws(StoreError) -> (status: Int32, text: String) {
        let files = FileManager.default
        // A file, not a pipe: the server would keep a pipe's other end open for as long as it runs.
        let output = files.temporaryDirectory.appendingPathComponent("tidegate-\(UUID().uuidString).log").path
        defer { try? files.removeItem(atPath: output) }
        let process = try spawn(command, output: output)
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 {
            guard errno == EINTR else { throw failure(command, errno) }
        }
        let signal = status & 0x7F
        let text = String(decoding: files.contents(atPath: output) ?? Data(), as: UTF8.self)
        return (
            signal == 0 ? (status >> 8) & 0xFF : 128 + signal, text.trimmingCharacters(in: .whitespacesAndNewlines)
        )
    }

    private static func spawn(_ command: [String], output: String) throws(StoreError) -> pid_t {
        #if canImport(Darwin)
            var actions: posix_spawn_file_actions_t?
        #else
            var actions = posix_spawn_file_actions_t()
        #endif
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_EXCL, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        // The server must not hold our files and sockets open.
        for name in (try? FileManager.default.contentsOfDirectory(atPath: "/dev/fd")) ?? [] {
            guard let descriptor = Int32(name), descriptor > 2 else { continue }
            posix_spawn_file_actions_addclose(&actions, descriptor)
        }
        let arguments = command.map { strdup($0) }
        let variables: [String] = ["PATH=/usr/bin:/bin", "LC_ALL=C"]
        let environment = variables.map { strdup($0) }
        defer { (arguments + environment).forEach { free($0) } }
        var process: pid_t = 0
        let status = posix_spawn(&process, command[0], &actions, nil, arguments + [nil], environment + [nil])
        guard status == 0 else { throw failure(command, status) }
        return process
    }

    private static func failure(_ command: [String], _ code: Int32) -> StoreError {
        .cluster(reason: "\(command[0]) cannot be run: \(String(cString: strerror(code)))")
    }
}
