internal import Foundation

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// A PostgreSQL server of our own, for those who have none: reachable by a Unix socket in a private folder alone.
///
/// Under its folder lie `data`, the cluster (a link to it where the server's account cannot get there), and `lock`, held
/// while somebody starts or stops it. The server goes on when the process that started it ends, until ``stop()``; a later
/// ``start(folder:searchFolders:settings:)`` finds it running.
public struct PrivateCluster: Sendable {
    /// The folder that was given, absolute.
    public let folder: String
    /// Where the cluster really is.
    public let dataFolder: String
    /// Where the server's socket is; short, since a socket's path may have 107 bytes.
    public let socketFolder: String
    private let tools: ServerTools

    // MARK: Life

    /// Makes the cluster where there is none, and starts its server where it does not run.
    ///
    /// - Parameters:
    ///   - folder: Made when it is missing.
    ///   - searchFolders: Where to look for PostgreSQL's programs before Debian's folders, for example those of `PATH`.
    ///   - settings: Server settings over our own.
    /// - Returns: The cluster, whose server accepts connections.
    /// - Throws: ``StoreError/cluster(reason:)``.
    public static func start(
        folder: String, searchFolders: [String] = [], settings: [String: String] = [:]
    ) throws(StoreError) -> PrivateCluster {
        let cluster = try PrivateCluster(folder: folder, searchFolders: searchFolders)
        try cluster.locked { () throws(StoreError) in
            guard !cluster.isRunning else { return }
            try cluster.clearAway()
            guard !cluster.isRunning else { return }
            try cluster.initialize()
            try cluster.writeSettings(settings)
            try cluster.startServer()
        }
        return cluster
    }

    /// Names the cluster in a folder without starting it, for example to stop it.
    public init(folder: String, searchFolders: [String] = []) throws(StoreError) {
        tools = try ServerTools(searchFolders: searchFolders)
        self.folder = URL(fileURLWithPath: folder).standardizedFileURL.path
        try makeFolder(self.folder, mode: 0o755)
        dataFolder = try Self.placeData(under: self.folder, account: tools.account)
        socketFolder = "/tmp/tidegate-\(Self.shortName(of: dataFolder))"
    }

    /// Whether the server accepts connections.
    public var isRunning: Bool {
        guard let connection = try? PostgresConnection(connectionString(database: "postgres")) else { return false }
        let rows = try? connection.run("SHOW data_directory")
        let path = (try? rows?.first?.value(0, as: String.self)).map {
            URL(fileURLWithPath: $0).resolvingSymlinksInPath()
        }
        return path == URL(fileURLWithPath: dataFolder).resolvingSymlinksInPath()
    }

    /// Stops the server; connections are cut, and what was committed stays.
    public func stop() throws(StoreError) {
        try locked { () throws(StoreError) in
            guard serverProcess != nil else { return }
            try tools.run("pg_ctl", ["stop", "-s", "-w", "-t", "60", "-m", "fast", "-D", dataFolder])
        }
    }

    /// Stops the server and deletes the cluster with everything in it.
    public func delete() throws(StoreError) {
        try stop()
        let parent = (dataFolder as NSString).deletingLastPathComponent
        let elsewhere = parent == folder ? [] : [parent]
        for path in [dataFolder, socketFolder, "\(folder)/data", "\(folder)/lock"] + elsewhere { deleteAll(path) }
        // Only where nothing else is in it.
        rmdir(folder)
    }

    // MARK: Databases

    /// How to reach one of its databases.
    public func connectionString(database: String) -> String {
        "host=\(socketFolder) port=5432 user=postgres dbname='\(database)'"
    }

    /// Makes a database, empty or as a copy of another; nothing happens where it is there.
    public func createDatabase(_ name: String, template: String? = nil) throws(StoreError) {
        let connection = try PostgresConnection(connectionString(database: "postgres"))
        guard try connection.run("SELECT 1 FROM pg_database WHERE datname = \(name)").isEmpty else { return }
        let source = template.map { " TEMPLATE \(SQLText.name($0))" } ?? ""
        do throws(StoreError) {
            try connection.runScript("CREATE DATABASE \(SQLText.name(name))\(source)")
        } catch {
            // Somebody else has just made it.
            guard error.sqlState == "42P04" else { throw error }
        }
    }

    /// Drops a database, and cuts the connections to it.
    public func dropDatabase(_ name: String) throws(StoreError) {
        let connection = try PostgresConnection(connectionString(database: "postgres"))
        try connection.runScript("DROP DATABASE IF EXISTS \(SQLText.name(name)) WITH (FORCE)")
    }

    // MARK: Steps

    /// Runs `body` while no other process starts or stops the server.
    private func locked(_ body: () throws(StoreError) -> Void) throws(StoreError) {
        let descriptor = open("\(folder)/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .cluster(reason: "\(folder)/lock: \(String(cString: strerror(errno)))") }
        defer { close(descriptor) }
        while flock(descriptor, LOCK_EX) != 0 {
            guard errno == EINTR else { throw .cluster(reason: "\(folder)/lock: \(String(cString: strerror(errno)))") }
        }
        try body()
    }

    /// Makes the cluster, under another name until it is whole, so that one cut short is never taken for one.
    private func initialize() throws(StoreError) {
        let files = FileManager.default
        guard !files.fileExists(atPath: "\(dataFolder)/PG_VERSION") else { return }
        let unfinished = "\(dataFolder).new"
        try? files.removeItem(atPath: unfinished)
        try makeFolder(unfinished, mode: 0o700, owner: tools.account)
        try tools.run(
            "initdb",
            [
                "-N", "-D", unfinished, "--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C",
                "--no-instructions",
            ])
        guard rename(unfinished, dataFolder) == 0 else {
            throw .cluster(reason: "\(dataFolder): \(String(cString: strerror(errno)))")
        }
    }

    /// Writes our settings to a file of their own, which the cluster's includes.
    private func writeSettings(_ settings: [String: String]) throws(StoreError) {
        try makeFolder(socketFolder, mode: 0o700, owner: tools.account)
        let ours = [
            "listen_addresses": "", "unix_socket_directories": socketFolder, "unix_socket_permissions": "0700",
            "port": "5432", "max_connections": "100", "shared_buffers": "64MB", "max_wal_size": "512MB",
            "max_parallel_workers_per_gather": "0", "jit": "off", "timezone": "UTC", "log_timezone": "UTC",
            "log_min_messages": "warning", "fsync": "on", "synchronous_commit": "on",
        ].merging(settings) { _, given in given }
        let text = ours.sorted { $0.key < $1.key }.map { "\($0) = \(SQLText.literal($1))\n" }.joined()
        do {
            try text.write(toFile: "\(dataFolder)/tidegate.conf", atomically: false, encoding: .utf8)
            let main = "\(dataFolder)/postgresql.conf"
            let include = "include 'tidegate.conf'\n"
            let present = try String(contentsOfFile: main, encoding: .utf8)
            if !present.hasSuffix(include) {
                try (present + include).write(toFile: main, atomically: false, encoding: .utf8)
            }
        } catch {
            throw .cluster(reason: "\(dataFolder): settings cannot be written: \(error)")
        }
    }

    private func startServer() throws(StoreError) {
        let log = "\(dataFolder)/server.log"
        for attempt in 1...20 {
            try? FileManager.default.removeItem(atPath: log)
            do throws(StoreError) {
                return try tools.run("pg_ctl", ["start", "-s", "-w", "-t", "60", "-D", dataFolder, "-l", log])
            } catch {
                let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
                // Children of a server that was killed are still on their way out.
                guard attempt < 20, text.contains("shared memory block") else {
                    let lines = text.split(separator: "\n").suffix(5).joined(separator: "; ")
                    throw .cluster(reason: "\(error); \(lines)")
                }
                usleep(250_000)
            }
        }
    }

    /// Waits for a server that is still starting or stopping, and clears away what a killed one left.
    ///
    /// PostgreSQL does so itself, but it takes any process that has the killed one's number for a server, even a dead
    /// one that nobody has waited for.
    private func clearAway() throws(StoreError) {
        for _ in 0..<300 {
            guard serverProcess != nil, !isRunning else { break }
            usleep(100_000)
        }
        guard !isRunning else { return }
        if let process = serverProcess { throw .cluster(reason: "process \(process) neither serves nor ends") }
        let files = FileManager.default
        for path in ["\(dataFolder)/postmaster.pid", "\(socketFolder)/.s.PGSQL.5432.lock"] {
            try? files.removeItem(atPath: path)
        }
    }

    /// The process id in the server's own file, alive or not.
    private var writtenProcess: pid_t? {
        let text = try? String(contentsOfFile: "\(dataFolder)/postmaster.pid", encoding: .utf8)
        return text?.split(separator: "\n").first.flatMap { pid_t($0) }
    }

    /// The server's process id, when it is alive and really the server: its working directory is the cluster.
    private var serverProcess: pid_t? {
        guard let written = writtenProcess, kill(written, 0) == 0 || errno == EPERM else { return nil }
        let files = FileManager.default
        guard files.fileExists(atPath: "/proc/self") else { return written }
        guard let directory = try? files.destinationOfSymbolicLink(atPath: "/proc/\(written)/cwd") else { return nil }
        return directory == URL(fileURLWithPath: dataFolder).resolvingSymlinksInPath().path ? written : nil
    }
}
