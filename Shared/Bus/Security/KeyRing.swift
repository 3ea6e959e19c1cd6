/// A folder of CURVE keys: for each role `<role>.key`, the secret, which only its owner may read, and `<role>.pub`.
///
/// A role is usually a service. A machine needs the `.key` of the services that run on it, and the `.pub` of those that
/// they talk to. `<role>.allow` names the roles, one a line, that may connect to that role; without the file, all whose
/// `.pub` is in the folder may. `<role>.retiring`, while there is one, holds the public key that the role had before, and
/// that counts as its own until all its processes have taken up the new one.
public struct KeyRing: Sendable {
    public let folder: String

    public init(folder: String) { self.folder = folder }

    /// Makes the keys of a role, and the folder.
    ///
    /// - Throws: ``BusError/key(role:reason:)`` when the role has keys already; they are never replaced.
    @discardableResult
    public func create(_ role: String) throws(BusError) -> CurveKeys {
        try Self.check(role)
        try File.makeFolder(folder)
        guard !(try File.names(inFolder: folder)).contains("\(role).key") else {
            throw .key(role: role, reason: "exists already")
        }
        let keys = try CurveKeys.generate()
        let secret = try File(path(role, "key"), .create(isSecret: true))
        try secret.write(Array((keys.secret + "\n").utf8), at: 0)
        try secret.synchronize()
        let shown = try File(path(role, "pub"), .create(isSecret: false))
        try shown.write(Array((keys.publicKey.text + "\n").utf8), at: 0)
        try shown.synchronize()
        return keys
    }

    /// The key pair of a role.
    ///
    /// - Throws: ``BusError/key(role:reason:)`` also when others than the owner may read the file, and when it is not that
    ///   of the public key beside it.
    public func keys(of role: String) throws(BusError) -> CurveKeys {
        try Self.check(role)
        let file = try File(path(role, "key"), .read)
        guard try file.permissions & 0o077 == 0 else {
            throw .key(role: role, reason: "others may read the secret; its mode must be 600")
        }
        let keys: CurveKeys
        do {
            keys = try CurveKeys(secret: try Self.line(of: file))
        } catch .key(_, let reason) {
            throw .key(role: role, reason: reason)
        }
        if try roles().contains(role), try publicKey(of: role) != keys.publicKey {
            throw .key(role: role, reason: "does not belong to the public key")
        }
        return keys
    }

    public func publicKey(of role: String) throws(BusError) -> CurvePublicKey {
        try Self.check(role)
        do {
            return try CurvePublicKey(try Self.line(of: File(path(role, "pub"), .read)))
        } catch .key(_, let reason) {
            throw .key(role: role, reason: reason)
        }
    }

    /// The keys that count as a role's: its own, and, while it is being replaced, the one before.
    public func accepted(of role: String) throws(BusError) -> [CurvePublicKey] {
        let current = try publicKey(of: role)
        guard let before = try retiring(of: role), before != current else { return [current] }
        return [current, before]
    }

    /// The public key that a role had before, while it still counts.
    public func retiring(of role: String) throws(BusError) -> CurvePublicKey? {
        try Self.check(role)
        guard try File.names(inFolder: folder).contains("\(role).retiring") else { return nil }
        do {
            return try CurvePublicKey(try Self.line(of: File(path(role, "retiring"), .read)))
        } catch .key(_, let reason) {
            throw .key(role: role, reason: reason)
        }
    }

    /// The roles whose public key is here, sorted.
    public func roles() throws(BusError) -> [String] {
        try File.names(inFolder: folder).filter { $0.hasSuffix(".pub") }.map { String($0.dropLast(4)) }
    }

    /// Whom a role lets in.
    public func allowed(by role: String) throws(BusError) -> Set<CurvePublicKey> {
        let names = if let listed = try allowedRoles(by: role) { listed } else { try roles() }
        var keys: Set<CurvePublicKey> = []
        for name in names { keys.formUnion(try accepted(of: name)) }
        return keys
    }

    /// The roles on a role's list; `nil` where it has none.
    public func allowedRoles(by role: String) throws(BusError) -> [String]? {
        try Self.check(role)
        guard try File.names(inFolder: folder).contains("\(role).allow") else { return nil }
        let file = try File(path(role, "allow"), .read)
        return String(decoding: try file.read(at: 0, count: file.count), as: UTF8.self)
            .split(whereSeparator: \.isNewline).map { $0.filter { !$0.isWhitespace } }
            .filter { !$0.isEmpty && !$0.hasPrefix("#") }
    }

    /// Writes which roles may connect to `role`.
    public func setAllowed(_ roles: [String], by role: String) throws(BusError) {
        for name in roles + [role] { try Self.check(name) }
        let exists = try File.names(inFolder: folder).contains("\(role).allow")
        let file = try File(path(role, "allow"), exists ? .readAndWrite : .create(isSecret: false))
        try file.truncate(to: 0)
        try file.write(Array(roles.map { $0 + "\n" }.joined().utf8), at: 0)
    }

    private func path(_ role: String, _ suffix: String) -> String { "\(folder)/\(role).\(suffix)" }

    private static func check(_ role: String) throws(BusError) {
        let isName = role.utf8.allSatisfy {
            (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "-")
        }
        guard isName, (1...64).contains(role.utf8.count) else {
            throw .key(role: role, reason: "a role is a word of a–z, 0–9 and -")
        }
    }

    private static func line(of file: borrowing File) throws(BusError) -> String {
        let text = String(decoding: try file.read(at: 0, count: 256), as: UTF8.self)
        return String(text.prefix { !$0.isNewline })
    }
}
