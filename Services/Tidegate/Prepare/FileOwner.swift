internal import ArgumentParser
internal import Foundation

/// Whom a file is given to.
struct FileOwner: Sendable, Equatable {
    let user: UInt32
    let group: UInt32

    /// Reads `10001:10001`.
    init(_ text: String) throws {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map { UInt32($0) }
        guard parts.count == 2, let user = parts[0], let group = parts[1] else {
            throw ValidationError("an owner is uid:gid in numbers, not \"\(text)\"")
        }
        (self.user, self.group) = (user, group)
    }
}

/// Files that nobody sees half written, and that only their owner reads.
enum SecretFile {
    /// Writes a file in place of whatever is there.
    ///
    /// - Throws: ``CommandFailure`` naming the file.
    static func write(_ data: Data, to path: String, owner: FileOwner?) throws {
        let aside = path + ".new"
        try? FileManager.default.removeItem(atPath: aside)
        let isMade = FileManager.default.createFile(
            atPath: aside, contents: data, attributes: [.posixPermissions: 0o600])
        guard isMade else { throw failure(aside) }
        if let owner, chown(aside, owner.user, owner.group) != 0 { throw failure(aside) }
        guard rename(aside, path) == 0 else { throw failure(path) }
    }

    static func write(_ text: String, to path: String, owner: FileOwner?) throws {
        try write(Data((text + "\n").utf8), to: path, owner: owner)
    }

    /// Makes a folder that its files' owner can enter, whoever that is; the files in it are that owner's alone.
    static func makeFolder(_ path: String) throws {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw failure(path)
        }
        guard chmod(path, 0o755) == 0 || errno == EPERM else { throw failure(path) }
    }

    static func read(_ path: String) throws -> String {
        guard let data = FileManager.default.contents(atPath: path) else { throw failure(path) }
        return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .newlines)
    }

    private static func failure(_ path: String) -> CommandFailure {
        CommandFailure("\(path): \(String(cString: strerror(errno)))")
    }
}
