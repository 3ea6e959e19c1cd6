internal import Pipeline

/// Disks, folders, ports, programs, and what a process that died leaves behind.
enum MachineChecks {
    static func findings(_ facts: MachineFacts, _ limits: DoctorLimits) -> [Finding] {
        facts.disks.flatMap { disk($0, limits) } + facts.folders.flatMap(folder)
            + facts.logs.compactMap { log($0, limits) } + facts.ports.compactMap(port)
            + facts.programs.compactMap(program) + leftovers(facts)
    }

    private static func disk(_ disk: MachineFacts.Disk, _ limits: DoctorLimits) -> [Finding] {
        var findings: [Finding] = []
        if disk.freeBytes < limits.freeBytes {
            findings.append(
                .error(
                    "disk.space", "the disk of \(disk.path) has \(Figures.bytes(disk.freeBytes)) left",
                    remedy: "df -h \(disk.path); tidegate data prune --older-than 90d shows what may go"))
        }
        // Some file systems make inodes as they need them, and say that they have none.
        if disk.inodes > 0, Double(disk.freeInodes) < limits.freeInodes * Double(disk.inodes) {
            findings.append(
                .error(
                    "disk.inodes", "the disk of \(disk.path) has \(disk.freeInodes) of \(disk.inodes) inodes left",
                    remedy: "df -i \(disk.path); delete files that nobody needs"))
        }
        return findings
    }

    private static func folder(_ folder: MachineFacts.Folder) -> [Finding] {
        var findings: [Finding] = []
        if folder.mustBePrivate, folder.mode & 0o077 != 0 {
            findings.append(
                .error(
                    "folder.private", "others can get into \(folder.path), whose mode is \(octal(folder.mode))",
                    remedy: "chmod 700 \(folder.path)"))
        }
        if !folder.isWritable {
            findings.append(
                .error(
                    "folder.writable", "\(folder.path) cannot be written by this user",
                    remedy: "sudo chown -R $(id -u) \(folder.path)"))
        }
        return findings
    }

    private static func octal(_ mode: Int) -> String { String(mode & 0o777, radix: 8) }

    private static func log(_ log: MachineFacts.File, _ limits: DoctorLimits) -> Finding? {
        guard log.bytes > limits.logBytes else { return nil }
        return .warning(
            "log.size", "\(log.path) has grown to \(Figures.bytes(log.bytes))", remedy: "truncate -s 0 \(log.path)")
    }

    private static func port(_ port: MachineFacts.Port) -> Finding? {
        if let holder = port.holder, Topology.services.contains(holder.program) { return nil }
        let taker = port.holder.map { "\($0.program), process \($0.pid)" } ?? "a process of another user"
        let kill = port.holder.map { "kill \($0.pid), or " } ?? ""
        return .error(
            "port.taken", "port \(port.number), the dashboard's, is taken by \(taker)",
            remedy: "\(kill)tidegate up --port \(port.number + 1)")
    }

    private static func program(_ program: MachineFacts.Program) -> Finding? {
        guard let problem = program.problem else { return nil }
        let isLibrary = problem.contains("shared librar")
        return .error(
            isLibrary ? "program.libraries" : "program.starts", "\(program.path) does not start: \(problem)",
            remedy: isLibrary ? "ops/bootstrap && make release" : "make release")
    }

    private static func leftovers(_ facts: MachineFacts) -> [Finding] {
        var findings: [Finding] = []
        if let file = facts.processFile, !file.isAlive {
            let now = file.holder.map { "is \($0.program)'s now" } ?? "is nobody's"
            findings.append(
                .warning(
                    "process.stale", "\(file.path) names process \(file.pid.map { "\($0)" } ?? "?"), which \(now)",
                    remedy: "rm \(file.path)"))
        }
        // Services leave the files of their sockets when they stop, and take them over when they start.
        for socket in facts.sockets where !socket.isListening && facts.isSupervised {
            findings.append(
                .warning(
                    "socket.orphan", "nobody listens at \(socket.path) any more", remedy: "rm \(socket.path)"))
        }
        return findings
    }
}
