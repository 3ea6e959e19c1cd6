internal import Foundation
internal import Store

/// `pg_dump` and `pg_restore`, called so that nobody who lists processes sees a password.
struct PostgresTool {
    let path: String

    init(path: String) { self.path = path }

    /// Finds the newest there is: a program reads servers up to its own version.
    init(_ name: String) throws {
        let debian = "/usr/lib/postgresql"
        let versions = ((try? FileManager.default.contentsOfDirectory(atPath: debian)) ?? [])
            .compactMap(Int.init).sorted(by: >).map { "\(debian)/\($0)/bin" }
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
        let found = (versions + folders).map { "\($0)/\(name)" }.first(where: FileManager.default.isExecutableFile)
        guard let found else {
            throw CommandFailure("\(name) is not installed; on Debian: apt-get install postgresql-client")
        }
        path = found
    }

    /// Runs it on a database.
    ///
    /// - Throws: ``CommandFailure`` with what it said last.
    func run(_ arguments: [String], database url: String, _ watch: (String) -> Void) throws {
        let (string, password) = try PostgresConnection.withoutPassword(url)
        var connection = string
        var file: String?
        defer { if let file { try? FileManager.default.removeItem(atPath: file) } }
        if let password {
            let path = FileManager.default.temporaryDirectory.appendingPathComponent("tidegate-\(UUID().uuidString)")
                .path
            let escaped = password.replacing("\\", with: "\\\\").replacing(":", with: "\\:")
            guard
                FileManager.default.createFile(
                    atPath: path, contents: Data("*:*:*:*:\(escaped)\n".utf8), attributes: [.posixPermissions: 0o600])
            else { throw CommandFailure("\(path) cannot be written") }
            file = path
            connection += " passfile='\(path)'"
        }
        let command = Command(
            path, arguments + ["--dbname=\(connection)", "--no-password"], hiding: password == nil ? [] : ["PGPASSWORD"]
        )
        let result = try command.run(watch)
        guard result.status == 0 else {
            let lines = result.errors.split(separator: "\n").filter { $0.contains("error:") || $0.contains("FATAL") }
            let last = lines.last ?? result.errors.split(separator: "\n").last ?? "status \(result.status)"
            throw CommandFailure(String(last))
        }
    }
}
