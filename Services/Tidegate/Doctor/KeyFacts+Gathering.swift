internal import Bus
internal import Foundation

extension KeyFacts {
    /// `nil` where there are no keys.
    static func gather(_ folder: KeyFolder) -> KeyFacts? {
        guard FileManager.default.fileExists(atPath: folder.ring.folder) else { return nil }
        let roles = KeyFolder.roles.map { name in
            Role(
                name: name, secret: folder.secretState(name), publicKey: try? folder.ring.publicKey(of: name).text,
                allowed: (try? folder.ring.allowedRoles(by: name)) ?? nil,
                expected: KeyFolder.allowed(by: name), rotating: folder.rotationAge(of: name))
        }
        return KeyFacts(folder: folder.ring.folder, roles: roles)
    }
}
