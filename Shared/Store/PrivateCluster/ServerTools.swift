internal import Foundation

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// The account that the server runs as.
///
/// PostgreSQL refuses to run as root, so root takes the account `postgres`.
struct ServerAccount: Sendable, Equatable {
    let user: uid_t
    let group: gid_t
    /// The command that runs a program as this account; empty when we are it.
    let prefix: [String]

    static func current() throws(StoreError) -> ServerAccount {
        guard geteuid() == 0 else { return ServerAccount(user: geteuid(), group: getegid(), prefix: []) }
        guard let entry = getpwnam("postgres") else {
            throw .cluster(reason: "run as root, PostgreSQL needs a user named postgres")
        }
        let (user, group) = (entry.pointee.pw_uid, entry.pointee.pw_gid)
        let commands = [
            ["/usr/bin/setpriv", "--reuid=\(user)", "--regid=\(group)", "--clear-groups", "--"],
            ["/usr/sbin/runuser", "-u", "postgres", "--"], ["/sbin/runuser", "-u", "postgres", "--"],
        ]
        guard let command = commands.first(where: { access($0[0], X_OK) == 0 }) else {
            throw .cluster(reason: "run as root, PostgreSQL needs setpriv or runuser")
        }
        // The account may be barred from where we are.
        return ServerAccount(user: user, group: group, prefix: ["/usr/bin/env", "--chdir=/"] + command)
    }
}

/// PostgreSQL's programs.
struct ServerTools: Sendable {
    let folder: String
    let account: ServerAccount

    /// Finds the programs in `searchFolders`, else the newest version in Debian's folders.
    init(searchFolders: [String]) throws(StoreError) {
        account = try .current()
        let debian = "/usr/lib/postgresql"
        let versions = ((try? FileManager.default.contentsOfDirectory(atPath: debian)) ?? [])
            .compactMap(Int.init).sorted(by: >).map { "\(debian)/\($0)/bin" }
        let others = ["/usr/local/pgsql/bin", "/usr/local/bin", "/usr/bin"]
        let found = (searchFolders + versions + others).first { folder in
            ["initdb", "pg_ctl", "postgres"].allSatisfy { access("\(folder)/\($0)", X_OK) == 0 }
        }
        guard let found else { throw .cluster(reason: "initdb, pg_ctl and postgres are not installed") }
        folder = found
    }

    /// Runs one of the programs as the server's account and waits for it.
    func run(_ tool: String, _ arguments: [String]) throws(StoreError) {
        let output = try ChildProcess.run(account.prefix + ["\(folder)/\(tool)"] + arguments)
        guard output.status == 0 else {
            throw .cluster(reason: "\(tool) ended with \(output.status): \(output.text.suffix(500))")
        }
    }
}

extension ServerAccount {
    /// Whether the account can enter a folder.
    func canEnter(_ folder: String) throws(StoreError) -> Bool {
        try ChildProcess.run(prefix + ["/usr/bin/test", "-x", folder]).status == 0
    }
}
