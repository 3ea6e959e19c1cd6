internal import Bus
internal import Foundation
internal import Pipeline

/// The CURVE keys of a deployment: one pair for each service and one for the operator.
struct KeyFolder {
    let ring: KeyRing

    /// Who follows a log from the command line, to record it.
    static let operatorRole = "operator"
    static let roles = Topology.services + [operatorRole]
    /// The services that publish a log.
    static let publishers = Topology.services.filter { $0 != Topology.trainer }

    init(_ folder: String) { ring = KeyRing(folder: folder) }

    /// Who may connect to a role.
    ///
    /// It is those that listen to it, and the operator; nobody connects to what publishes nothing.
    static func allowed(by role: String) -> [String] {
        switch role {
        case operatorRole, Topology.trainer: []
        // The ingestor is no stage: it follows the generator as it follows a venue.
        case Topology.syntheticGenerator: [Topology.ingestor, operatorRole]
        default: Topology.consumers(of: role) + [operatorRole]
        }
    }

    /// What `keys list` shows of a role; never a secret.
    struct Entry: Encodable, Equatable {
        let role: String
        let publicKey: String
        let allowed: [String]
        /// `ok`, `absent`, or what is wrong with the secret's file.
        let secret: String
        /// The key that counts as the role's until `keys retire`, beside its own; `nil` while there is no rotation.
        @Nullable var retiring: String?
    }

    /// Makes the keys of all roles and says who may connect to whom.
    ///
    /// - Throws: ``CommandFailure`` when any role has keys already; then nothing is changed.
    func initialize() throws {
        let files = FileManager.default
        for role in Self.roles {
            for suffix in ["key", "pub", "allow"] where files.fileExists(atPath: "\(ring.folder)/\(role).\(suffix)") {
                throw CommandFailure("\(ring.folder)/\(role).\(suffix) exists; `keys rotate \(role)` makes a new pair")
            }
        }
        let parent = URL(fileURLWithPath: ring.folder).deletingLastPathComponent().path
        try files.createDirectory(atPath: parent, withIntermediateDirectories: true)
        for role in Self.roles { try ring.create(role) }
        for role in Self.roles { try ring.setAllowed(Self.allowed(by: role), by: role) }
    }

    /// The roles in the folder, those of the pipeline first.
    func entries() throws -> [Entry] {
        let present = try ring.roles()
        let names = Self.roles.filter(present.contains) + present.filter { !Self.roles.contains($0) }
        let publicKeys = try names.map { (name: $0, key: try ring.publicKey(of: $0)) }
        return try publicKeys.map { name, key in
            let allowed = try ring.allowed(by: name)
            return Entry(
                role: name, publicKey: key.text,
                allowed: publicKeys.filter { allowed.contains($0.key) }.map(\.name), secret: secretState(name),
                retiring: try ring.retiring(of: name)?.text)
        }
    }

    /// Expects what the services of a deployment need.
    ///
    /// - Throws: ``CommandFailure`` for the first role that has no keys, or none that can be used.
    func requireServices() throws {
        guard FileManager.default.fileExists(atPath: ring.folder) else {
            throw CommandFailure("there are no keys in \(ring.folder); `tidegate keys init` makes them")
        }
        let states = Dictionary(uniqueKeysWithValues: try entries().map { ($0.role, $0.secret) })
        for role in Topology.services {
            let state = states[role] ?? "absent"
            guard state == "ok" else {
                throw CommandFailure("the key of \(role) in \(ring.folder): \(state) (see `tidegate keys`)")
            }
        }
    }

    /// `ok`, `absent`, or what is wrong with a role's secret.
    func secretState(_ role: String) -> String {
        guard FileManager.default.fileExists(atPath: "\(ring.folder)/\(role).key") else { return "absent" }
        do throws(BusError) {
            _ = try ring.keys(of: role)
            return "ok"
        } catch .key(_, let reason) {
            return reason
        } catch {
            return error.debugDescription
        }
    }
}
