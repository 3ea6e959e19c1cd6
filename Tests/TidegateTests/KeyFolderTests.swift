import Bus
import Foundation
import Pipeline
import Testing

@testable import Tidegate

@Suite("Keys of a deployment")
struct KeyFolderTests {
    private let folder: KeyFolder

    init() throws { folder = KeyFolder(try TemporaryFolder.make() + "/workspace/keys") }

    private func mode(_ name: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: folder.ring.folder + name)[.posixPermissions] as? Int
    }

    @Test(
        "init makes a pair for every service and the operator; only the owner may read the secrets and enter the folder"
    )
    func initialize() throws {
        try folder.initialize()
        let entries = try folder.entries()
        #expect(entries.map(\.role) == Topology.services + ["operator"])
        #expect(entries.allSatisfy { $0.secret == "ok" })
        #expect(Set(entries.map(\.publicKey)).count == 9)
        #expect(try mode("") == 0o700)
        for role in entries.map(\.role) { #expect(try mode("/\(role).key") == 0o600) }
    }

    @Test("A role is reached by those that listen to it and by the operator, and what publishes nothing by nobody")
    func allowed() throws {
        try folder.initialize()
        let allowed = Dictionary(uniqueKeysWithValues: try folder.entries().map { ($0.role, $0.allowed) })
        #expect(allowed["ingestor"] == ["feature-builder", "executor", "metrics-recorder", "operator"])
        #expect(allowed["synthetic-generator"] == ["ingestor", "operator"])
        #expect(allowed["risk-gate"] == ["executor", "metrics-recorder", "operator"])
        #expect(allowed["trainer"] == [] && allowed["operator"] == [])
    }

    @Test("A deployment with keys is refused where they were never made, and where a service's cannot be used")
    func required() throws {
        #expect(
            throws: CommandFailure("there are no keys in \(folder.ring.folder); `tidegate keys init` makes them")
        ) { try folder.requireServices() }
        try folder.initialize()
        try folder.requireServices()
        try FileManager.default.removeItem(atPath: "\(folder.ring.folder)/operator.key")
        try folder.requireServices()
        try FileManager.default.removeItem(atPath: "\(folder.ring.folder)/trainer.key")
        #expect(throws: CommandFailure.self) { try folder.requireServices() }
    }

    @Test("init changes nothing where any key is")
    func refusal() throws {
        try folder.initialize()
        let before = try folder.entries()
        #expect(throws: CommandFailure.self) { try folder.initialize() }
        for role in KeyFolder.roles where role != "executor" {
            for suffix in ["key", "pub", "allow"] {
                try FileManager.default.removeItem(atPath: "\(folder.ring.folder)/\(role).\(suffix)")
            }
        }
        #expect(throws: CommandFailure.self) { try folder.initialize() }
        #expect(try folder.ring.roles() == ["executor"])
        #expect(try folder.ring.publicKey(of: "executor").text == before.first { $0.role == "executor" }?.publicKey)
    }

    @Test("rotate makes one role's next pair, and both its keys count until the old one is retired")
    func rotate() throws {
        try folder.initialize()
        let before = try folder.entries()
        let key = try folder.rotate("risk-gate")
        let old = try #require(before.first { $0.role == "risk-gate" }?.publicKey)
        let after = try folder.entries()
        for (old, new) in zip(before, after) {
            #expect((old.publicKey != new.publicKey) == (new.role == "risk-gate"))
            #expect(new.secret == "ok" && new.allowed == old.allowed)
            #expect((new.retiring != nil) == (new.role == "risk-gate"))
        }
        #expect(try folder.ring.accepted(of: "risk-gate").map(\.text) == [key.text, old])
        #expect(try folder.ring.allowed(by: "executor").map(\.text).contains(old))
        #expect(try mode("/risk-gate.key") == 0o600)

        #expect(try folder.retire("risk-gate").text == old)
        #expect(try folder.ring.accepted(of: "risk-gate") == [key])
        #expect(try !folder.ring.allowed(by: "executor").map(\.text).contains(old))
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.ring.folder)
        #expect(names.count == 27 && names.allSatisfy { !$0.hasPrefix(".") })
    }

    @Test("A rotation that is not finished is not begun anew, and one that was cut short is taken up again")
    func rotateTwice() throws {
        try folder.initialize()
        let first = try folder.rotate("executor")
        #expect(throws: CommandFailure.self) { try folder.rotate("executor") }
        #expect(try folder.ring.publicKey(of: "executor") == first)
        try folder.retire("executor")
        #expect(throws: CommandFailure.self) { try folder.retire("executor") }
        // Cut short after its first step.
        try (first.text + "\n").write(
            toFile: "\(folder.ring.folder)/executor.retiring", atomically: true, encoding: .utf8)
        #expect(try folder.ring.accepted(of: "executor") == [first])
        let second = try folder.rotate("executor")
        #expect(try folder.ring.accepted(of: "executor") == [second, first])
    }

    @Test("replace ends the old key at once, also where it was lost or is of another pair")
    func replace() throws {
        try folder.initialize()
        let files = FileManager.default
        let path = "\(folder.ring.folder)/trainer"
        _ = try folder.rotate("trainer")
        let key = try folder.replace("trainer")
        #expect(try folder.ring.accepted(of: "trainer") == [key])
        try files.removeItem(atPath: path + ".key")
        _ = try folder.replace("trainer")
        try files.removeItem(atPath: path + ".key")
        try files.copyItem(atPath: "\(folder.ring.folder)/executor.key", toPath: path + ".key")
        _ = try folder.replace("trainer")
        #expect(try folder.entries().first { $0.role == "trainer" }?.secret == "ok")
        #expect(throws: CommandFailure.self) { try folder.replace("stranger") }
        #expect(throws: CommandFailure.self) { try folder.replace("../executor") }
    }

    @Test("allow makes a role's list what it should be")
    func allow() throws {
        try folder.initialize()
        try folder.ring.setAllowed(["trainer"], by: "executor")
        try folder.resetAllowed("executor")
        #expect(try folder.ring.allowedRoles(by: "executor") == KeyFolder.allowed(by: "executor"))
        #expect(throws: CommandFailure.self) { try folder.resetAllowed("stranger") }
    }

    @Test("rotate refuses what has no key")
    func rotateStranger() throws {
        try folder.initialize()
        #expect(throws: CommandFailure.self) { try folder.rotate("stranger") }
        #expect(throws: CommandFailure.self) { try folder.rotate("../keys/executor") }
    }

    @Test("list tells a secret that others may read, one that is gone, and one of another pair; it never shows one")
    func listing() throws {
        try folder.initialize()
        let path = folder.ring.folder
        let files = FileManager.default
        let secret = try String(contentsOfFile: "\(path)/trainer.key", encoding: .utf8)
        try files.setAttributes([.posixPermissions: 0o644], ofItemAtPath: "\(path)/trainer.key")
        try files.removeItem(atPath: "\(path)/executor.key")
        try files.removeItem(atPath: "\(path)/ingestor.key")
        try files.copyItem(atPath: "\(path)/operator.key", toPath: "\(path)/ingestor.key")
        let entries = try folder.entries()
        let states = Dictionary(uniqueKeysWithValues: entries.map { ($0.role, $0.secret) })
        #expect(states["trainer"]?.contains("others may read") == true)
        #expect(states["executor"] == "absent")
        #expect(states["ingestor"] == "does not belong to the public key")
        #expect(states["operator"] == "ok")
        #expect(!(try JSONOutput.line(entries)).contains(secret.prefix(40)))
    }
}
