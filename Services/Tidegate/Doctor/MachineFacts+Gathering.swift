internal import Foundation
internal import Pipeline
internal import Schema
internal import ServiceKit
internal import Store

extension DoctorFacts {
    /// Looks at everything; what cannot be looked at is a fact too.
    static func gather(
        _ workspace: Workspace, port: Int, programs: String? = nil,
        environment: [String: String] = ProcessInfo.processInfo.environment, clock: () -> UnixNanos = { WallClock.now }
    ) -> DoctorFacts {
        DoctorFacts(
            machine: .gather(workspace, port: port, programs: programs ?? MachineFacts.ownFolder),
            keys: KeyFacts.gather(KeyFolder(workspace.keyFolder)),
            database: DatabaseFacts.gather(workspace, environment: environment, clock: clock))
    }
}

extension MachineFacts {
    /// The folder of this program, where the services lie too.
    static var ownFolder: String {
        let path = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return path.map { URL(fileURLWithPath: $0).deletingLastPathComponent().path } ?? "."
    }

    static func gather(_ workspace: Workspace, port: Int, programs: String) -> MachineFacts {
        let sockets = SocketTable.read()
        let logs = regularFiles(in: workspace.logFolder)
        return MachineFacts(
            folder: workspace.folder,
            folders: [
                folder(workspace.folder, mustBePrivate: false), folder(workspace.busFolder, mustBePrivate: true),
                folder(workspace.keyFolder, mustBePrivate: true), folder(workspace.logFolder, mustBePrivate: false),
            ].compactMap { $0 },
            disks: disks([workspace.folder, "\(workspace.folder)/postgres/data", workspace.busFolder]),
            ports: sockets.ports.contains(port) ? [Port(number: port, holder: sockets.holder(ofPort: port))] : [],
            programs: Topology.services.map { program($0, in: programs) },
            sockets: socketFiles(in: workspace.busFolder, sockets),
            logs: logs, processFile: processFile(workspace))
    }

    private static func folder(_ path: String, mustBePrivate: Bool) -> Folder? {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return nil }
        return Folder(
            path: path, mode: Int(status.st_mode & 0o777), isWritable: access(path, W_OK) == 0,
            mustBePrivate: mustBePrivate)
    }

    /// The disks of some paths, each once; of a path that is not there yet, its parent's.
    private static func disks(_ paths: [String]) -> [Disk] {
        var seen: Set<dev_t> = []
        return paths.compactMap { path in
            var place = URL(fileURLWithPath: path).resolvingSymlinksInPath()
            var status = stat()
            while stat(place.path, &status) != 0, place.path != "/" { place.deleteLastPathComponent() }
            var disk = statvfs()
            guard seen.insert(status.st_dev).inserted, statvfs(place.path, &disk) == 0 else { return nil }
            return Disk(
                path: place.path, freeBytes: Int64(disk.f_bavail) * Int64(disk.f_frsize),
                freeInodes: Int64(disk.f_favail), inodes: Int64(disk.f_files))
        }
    }

    private static func regularFiles(in folder: String) -> [File] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.sorted().compactMap { name in
            var status = stat()
            guard stat("\(folder)/\(name)", &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
            return File(path: "\(folder)/\(name)", bytes: Int64(status.st_size))
        }
    }

    private static func socketFiles(in folder: String, _ table: SocketTable) -> [SocketFile] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        var files = names.sorted().compactMap { name -> SocketFile? in
            let path = "\(folder)/\(name)"
            var status = stat()
            guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK else { return nil }
            return SocketFile(path: path, isListening: table.paths.contains(path))
        }
        guard files.contains(where: { !$0.isListening }) else { return files }
        // A service that is just being restarted is there again by then.
        WallClock.sleep(milliseconds: 1000)
        let later = SocketTable.read()
        for index in files.indices where later.paths.contains(files[index].path) { files[index].isListening = true }
        return files
    }

    private static func processFile(_ workspace: Workspace) -> ProcessFile? {
        let path = workspace.processFile
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
        let pid = Int32(text.trimmingCharacters(in: .whitespacesAndNewlines))
        return ProcessFile(path: path, pid: pid, holder: pid.flatMap(Holder.init(running:)))
    }

    /// The process of `tidegate up` in a workspace; `nil` when none runs.
    static func supervisor(of workspace: Workspace) -> Int32? {
        guard let file = processFile(workspace), file.isAlive else { return nil }
        return file.pid
    }

    /// Starts a program's `--help`, which takes all its libraries and nothing else.
    private static func program(_ name: String, in folder: String) -> Program {
        let path = "\(folder)/\(name)"
        func problem(_ text: String) -> Program { Program(name: name, path: path, problem: text) }
        guard FileManager.default.isExecutableFile(atPath: path) else { return problem("there is no such program") }
        do {
            let result = try Command(path, ["--help"]).run(within: 20)
            guard result.status != 0 else { return Program(name: name, path: path) }
            let line = result.errors.split(separator: "\n").first.map(String.init)
            return problem(line ?? "it ends with status \(result.status)")
        } catch {
            return problem("\(error)")
        }
    }
}

extension MachineFacts.Holder {
    /// `nil` when no such process runs: one that has ended, but that nobody has waited for, does not.
    init?(running pid: Int32) {
        guard pid > 0, DeploymentStatus.isAlive(pid) else { return nil }
        let path = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/exe")
        let name = path.map { URL(fileURLWithPath: $0).lastPathComponent }
        // Another user's link cannot be read; the short name can.
        let short = try? String(contentsOfFile: "/proc/\(pid)/comm", encoding: .utf8)
        self.init(pid: pid, program: name ?? short?.trimmingCharacters(in: .whitespacesAndNewlines) ?? "?")
    }
}
