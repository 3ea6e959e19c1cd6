internal import Bus
internal import Foundation
internal import Pipeline
internal import Store

/// Lays out a folder for each service with the secrets that are its own.
///
/// In each: `keys` with the service's own secret, everybody's public keys and whom the service lets in; `passfile` with its
/// database password, as libpq reads it; `postgres.crt`, the certificate to expect. The bundle `postgres` is for the server,
/// `owner` for the command that brings the schema and the users up to date, and `retention` for the one that deletes history.
struct BundleLayout {
    let vault: SecretVault
    let folder: String
    let owner: FileOwner?
    let databaseOwner: FileOwner?

    /// - Returns: The bundles' names.
    func write() throws -> [String] {
        for name in KeyFolder.roles { try writeBundle(of: name) }
        try writeRetention()
        try writeOwner()
        try writeServer()
        return SecretVault.databaseUsers + ["postgres"]
    }

    private func writeBundle(of service: String) throws {
        let bundle = "\(folder)/\(service)"
        try SecretFile.makeFolder(bundle)
        try SecretFile.makeFolder(bundle + "/keys")
        let ring = vault.keys.ring.folder
        let names = ["\(service).key", "\(service).allow"] + KeyFolder.roles.map { "\($0).pub" }
        for name in names { try copy("\(ring)/\(name)", to: "\(bundle)/keys/\(name)", owner) }
        try writeAccess(to: bundle, of: service, as: DatabaseRoles.name(of: service))
    }

    private func writeRetention() throws {
        let (name, bundle) = (SecretVault.retention, "\(folder)/\(SecretVault.retention)")
        try SecretFile.makeFolder(bundle)
        try writeAccess(to: bundle, of: name, as: DatabaseRoles.name(of: name))
    }

    private func writeOwner() throws {
        let bundle = "\(folder)/\(SecretVault.tableOwner)"
        try SecretFile.makeFolder(bundle)
        try SecretFile.makeFolder(bundle + "/passwords")
        for user in SecretVault.restrictedUsers {
            try copy(vault.passwordFile(user), to: "\(bundle)/passwords/\(user)", owner)
        }
        try writeAccess(to: bundle, of: SecretVault.tableOwner, as: "tidegate")
    }

    private func writeServer() throws {
        let bundle = "\(folder)/postgres"
        try SecretFile.makeFolder(bundle)
        try copy(vault.certificateKey, to: "\(bundle)/server.key", databaseOwner)
        try copy(vault.certificate, to: "\(bundle)/server.crt", databaseOwner)
        try copy(vault.passwordFile(SecretVault.tableOwner), to: "\(bundle)/password", databaseOwner)
    }

    private func writeAccess(to bundle: String, of service: String, as user: String) throws {
        let password = try SecretFile.read(vault.passwordFile(service))
        try SecretFile.write("*:*:*:\(user):\(password)", to: "\(bundle)/passfile", owner: owner)
        try copy(vault.certificate, to: "\(bundle)/postgres.crt", owner)
    }

    private func copy(_ from: String, to path: String, _ owner: FileOwner?) throws {
        guard let data = FileManager.default.contents(atPath: from) else {
            throw CommandFailure("\(from) cannot be read")
        }
        try SecretFile.write(data, to: path, owner: owner)
    }
}
