internal import Bus
internal import Foundation
internal import Pipeline

/// All secrets of a deployment: the services' keys, the database users' passwords and the database's certificate.
///
/// Under its folder lie `keys`, as `tidegate keys` knows them, `passwords/<service>` and `database/server.{key,crt}`.
struct SecretVault {
    let folder: String

    /// The owner of the tables, for whom no service works.
    static let tableOwner = "owner"
    /// Who deletes history (`tidegate data retain`); it has no place on the bus, and so no key.
    static let retention = "retention"
    /// Those with a user and rights of their own in the database.
    static let restrictedUsers = KeyFolder.roles + [retention]
    /// Those with a database password.
    static let databaseUsers = restrictedUsers + [tableOwner]

    init(_ folder: String) { self.folder = folder }

    var keys: KeyFolder { KeyFolder(folder + "/keys") }
    var certificate: String { folder + "/database/server.crt" }
    var certificateKey: String { folder + "/database/server.key" }
    func passwordFile(_ user: String) -> String { "\(folder)/passwords/\(user)" }

    /// Makes what is missing; nothing that is there changes.
    func complete(databaseHosts: [String]) throws {
        for name in ["keys", "passwords", "database"] { try SecretFile.makeFolder("\(folder)/\(name)") }
        guard chmod(folder, 0o700) == 0 || errno == EPERM else {
            throw CommandFailure("\(folder) cannot be closed to others")
        }
        try keys.complete()
        for user in Self.databaseUsers where !exists(passwordFile(user)) {
            try SecretFile.write(Self.drawPassword(), to: passwordFile(user), owner: nil)
        }
        if !exists(certificate) || !exists(certificateKey) { try makeCertificate(databaseHosts) }
    }

    private func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    /// 256 bits of the system's random source, in hexadecimal digits.
    private static func drawPassword() -> String {
        var random = SystemRandomNumberGenerator()
        return (0..<4).map { _ in
            let digits = String(random.next(), radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }

    /// A certificate that vouches for itself: whoever expects it talks to this server and to no other.
    private func makeCertificate(_ hosts: [String]) throws {
        let names = hosts.map { host in
            let isAddress = host.contains(":") || host.allSatisfy { $0.isNumber || $0 == "." }
            return (isAddress ? "IP:" : "DNS:") + host
        }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        process.arguments = [
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "3650",
            "-subj", "/CN=tidegate database", "-addext", "subjectAltName=\(names.joined(separator: ","))",
            "-keyout", certificateKey, "-out", certificate,
        ]
        let errors = Pipe()
        process.standardError = errors
        process.standardOutput = FileHandle.nullDevice
        do {
            try process.run()
        } catch {
            throw CommandFailure("the database's certificate needs /usr/bin/openssl (Debian's package openssl)")
        }
        let output = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw CommandFailure("openssl: \(output.split(whereSeparator: \.isNewline).last ?? "")")
        }
    }
}

extension KeyFolder {
    /// Makes the pairs and the lists that are missing.
    func complete() throws {
        let files = FileManager.default
        func exists(_ role: String, _ suffix: String) -> Bool {
            files.fileExists(atPath: "\(ring.folder)/\(role).\(suffix)")
        }
        for role in Self.roles where !exists(role, "key") && !exists(role, "pub") { try ring.create(role) }
        for role in Self.roles where !exists(role, "allow") { try ring.setAllowed(Self.allowed(by: role), by: role) }
    }
}
