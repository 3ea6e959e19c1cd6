import Bus
import Foundation
import Pipeline
import Testing

@testable import Tidegate

@Suite("Secrets of a deployment")
struct PrepareSecretsTests {
    private let folder: String
    private let vault: SecretVault

    init() throws {
        folder = try TemporaryFolder.make()
        vault = SecretVault(folder + "/vault")
    }

    private func layout() -> BundleLayout {
        BundleLayout(vault: vault, folder: folder + "/bundles", owner: nil, databaseOwner: nil)
    }

    private func files(_ path: String) throws -> [String: Data] {
        var files: [String: Data] = [:]
        for name in try FileManager.default.subpathsOfDirectory(atPath: path) {
            var isFolder: ObjCBool = false
            _ = FileManager.default.fileExists(atPath: "\(path)/\(name)", isDirectory: &isFolder)
            if !isFolder.boolValue { files[name] = try Data(contentsOf: URL(fileURLWithPath: "\(path)/\(name)")) }
        }
        return files
    }

    @Test("What is missing is made, and what is there stays")
    func complete() throws {
        try vault.complete(databaseHosts: ["postgres"])
        let before = try files(vault.folder)
        #expect(before.keys.filter { $0.hasPrefix("passwords/") }.count == Topology.services.count + 3)
        try vault.complete(databaseHosts: ["postgres"])
        #expect(try files(vault.folder) == before)
        try FileManager.default.removeItem(atPath: vault.passwordFile("executor"))
        try vault.complete(databaseHosts: ["postgres"])
        let after = try files(vault.folder)
        #expect(Set(after.keys) == Set(before.keys))
        #expect(after.filter { before[$0.key] != $0.value }.map(\.key) == ["passwords/executor"])
    }

    @Test("No two passwords are alike, and each is 256 bits long")
    func passwords() throws {
        try vault.complete(databaseHosts: ["postgres"])
        let passwords = try SecretVault.databaseUsers.map { try SecretFile.read(vault.passwordFile($0)) }
        #expect(Set(passwords).count == passwords.count)
        #expect(passwords.allSatisfy { $0.count == 64 && $0.allSatisfy(\.isHexDigit) })
    }

    @Test("A bundle holds its own service's secrets, and nobody else's", arguments: KeyFolder.roles)
    func bundles(_ service: String) throws {
        try vault.complete(databaseHosts: ["postgres"])
        #expect(try layout().write().contains(service))
        let own = try files("\(folder)/bundles/\(service)")
        let text = own.values.map { String(decoding: $0, as: UTF8.self) }.joined()
        for other in SecretVault.databaseUsers where other != service {
            #expect(try !text.contains(SecretFile.read(vault.passwordFile(other))))
        }
        for other in KeyFolder.roles where other != service {
            #expect(try !text.contains(SecretFile.read("\(vault.keys.ring.folder)/\(other).key")))
        }
        #expect(try !text.contains(SecretFile.read(vault.certificateKey)))
        // What it needs, it has: the bus can use the keys as they are.
        let ring = KeyRing(folder: "\(folder)/bundles/\(service)/keys")
        #expect(try ring.keys(of: service) == vault.keys.ring.keys(of: service))
        #expect(try ring.allowed(by: service).count == KeyFolder.allowed(by: service).count)
        #expect(own["passfile"].map { String(decoding: $0, as: UTF8.self).contains(":tidegate_") } == true)
    }

    @Test("Every file of a bundle is its owner's alone")
    func permissions() throws {
        try vault.complete(databaseHosts: ["postgres"])
        for bundle in try layout().write() {
            for name in try files("\(folder)/bundles/\(bundle)").keys {
                let attributes = try FileManager.default.attributesOfItem(
                    atPath: "\(folder)/bundles/\(bundle)/\(name)")
                #expect(attributes[.posixPermissions] as? Int == 0o600, "\(bundle)/\(name)")
            }
        }
    }

    @Test("After a rotation the bundles hold the new key, and the old one is nowhere")
    func rotation() throws {
        try vault.complete(databaseHosts: ["postgres"])
        _ = try layout().write()
        let old = try vault.keys.ring.publicKey(of: "executor")
        let new = try vault.keys.rotate("executor")
        _ = try layout().write()
        for service in KeyFolder.roles {
            let ring = KeyRing(folder: "\(folder)/bundles/\(service)/keys")
            #expect(try ring.publicKey(of: "executor") == new)
        }
        let everything = try files(folder + "/bundles").values.map { String(decoding: $0, as: UTF8.self) }.joined()
        #expect(!everything.contains(old.text))
    }

    @Test("The certificate is for the names that were asked for")
    func certificate() throws {
        try vault.complete(databaseHosts: ["db.example", "10.0.0.7"])
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        process.arguments = ["x509", "-in", vault.certificate, "-noout", "-ext", "subjectAltName"]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(text.contains("DNS:db.example") && text.contains("IP Address:10.0.0.7"))
    }

    @Test("An owner is two numbers", arguments: ["", "1", "a:b", "1:2:3", "-1:0"])
    func owner(_ text: String) throws {
        #expect(try FileOwner("10001:10002") == FileOwner("10001:10002"))
        #expect(throws: (any Error).self) { try FileOwner(text) }
    }
}
