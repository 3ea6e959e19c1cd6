internal import Bus
internal import Foundation

extension KeyFolder {
    /// Makes the next pair of a role and lets both its keys count until ``retire(_:)``; who may connect to it stays.
    ///
    /// First everybody learns the new key, then the role's processes take it up as they are restarted, then the old one
    /// ends. The pair is made aside and moved into place, the secret first, so that no file is ever half written; cut short
    /// in between, it is simply asked for again.
    ///
    /// - Returns: The new public key.
    /// - Throws: ``CommandFailure`` while an earlier rotation of the role is not finished.
    func rotate(_ role: String) throws -> CurvePublicKey {
        let current = try current(role)
        if let before = try ring.retiring(of: role), before != current {
            throw CommandFailure(
                "an earlier rotation of \(role) is not finished: restart it, then `tidegate keys retire \(role)`")
        }
        let path = "\(ring.folder)/\(role).retiring"
        try Data("\(current.text)\n".utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
        // The operator's own umask may have kept it from the services.
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
        return try replacePair(role)
    }

    /// Ends the key that a role had before its rotation.
    ///
    /// - Returns: That key.
    @discardableResult
    func retire(_ role: String) throws -> CurvePublicKey {
        guard let before = try ring.retiring(of: role) else {
            throw CommandFailure("\(role) has no old key to retire; `tidegate keys rotate \(role)` begins a rotation")
        }
        try FileManager.default.removeItem(atPath: "\(ring.folder)/\(role).retiring")
        return before
    }

    /// Makes a new pair at once, for a role whose old one is lost or in foreign hands; nobody accepts that any more.
    ///
    /// - Returns: The new public key.
    func replace(_ role: String) throws -> CurvePublicKey {
        guard Self.roles.contains(role) || FileManager.default.fileExists(atPath: "\(ring.folder)/\(role).pub") else {
            throw CommandFailure("\(role) is no role; `tidegate keys list` shows them")
        }
        let key = try replacePair(role)
        try? FileManager.default.removeItem(atPath: "\(ring.folder)/\(role).retiring")
        return key
    }

    /// Lets in by a role those that listen to it and the operator, nobody else.
    func resetAllowed(_ role: String) throws {
        guard Self.roles.contains(role) else {
            throw CommandFailure("\(role) is no role; `tidegate keys list` shows them")
        }
        try ring.setAllowed(Self.allowed(by: role), by: role)
    }

    /// Seconds since a role's rotation began; `nil` while there is none.
    func rotationAge(of role: String) -> Double? {
        let path = "\(ring.folder)/\(role).retiring"
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        return (attributes?[.modificationDate] as? Date).map { Date().timeIntervalSince($0) }
    }

    private func current(_ role: String) throws -> CurvePublicKey {
        // Also refuses what is no role's name before it becomes part of a path.
        let key = try? ring.publicKey(of: role)
        guard let key, FileManager.default.fileExists(atPath: "\(ring.folder)/\(role).key") else {
            throw CommandFailure("\(role) has no key in \(ring.folder); `tidegate keys init` makes all")
        }
        return key
    }

    private func replacePair(_ role: String) throws -> CurvePublicKey {
        let files = FileManager.default
        let aside = KeyRing(folder: "\(ring.folder)/.new-\(role)")
        try? files.removeItem(atPath: aside.folder)
        defer { try? files.removeItem(atPath: aside.folder) }
        let keys = try aside.create(role)
        for suffix in ["key", "pub"] {
            guard rename("\(aside.folder)/\(role).\(suffix)", "\(ring.folder)/\(role).\(suffix)") == 0 else {
                throw CommandFailure("\(ring.folder)/\(role).\(suffix): \(String(cString: strerror(errno)))")
            }
        }
        return keys.publicKey
    }
}
