internal import Foundation
internal import Pipeline
internal import Store

/// Something that operators do to running services, done in the middle of a verification's feed.
protocol Drill {
    /// How much longer the replay should take, so that all of it falls into the feed.
    var seconds: Double { get }
    var isOver: Bool { get }

    /// Called again and again with how many batches have gone through the whole pipeline.
    mutating func step(done: Int, of batches: Int, _ deployment: Deployment) async throws
}

/// Steps spread over the feed: the next is due when its share of the batches is done.
struct DrillSteps {
    let count: Int
    private(set) var taken = 0

    init(_ count: Int) { self.count = count }

    var isOver: Bool { taken == count }

    /// The number of the step that is due, from 0 on; it counts as taken.
    mutating func due(done: Int, of batches: Int) -> Int? {
        guard !isOver, done * (count + 1) >= (taken + 1) * batches else { return nil }
        taken += 1
        return taken - 1
    }
}

/// Rotates the keys of every role, one after the other: rotate, restart, and at the next step retire.
struct KeyRotationDrill: Drill {
    let folder: KeyFolder
    private let roles = KeyFolder.roles
    private var steps = DrillSteps(KeyFolder.roles.count + 1)

    init(folder: KeyFolder) { self.folder = folder }

    // Who follows a source that has taken up its new key finds that within a second.
    var seconds: Double { 2.5 * Double(steps.count) }
    var isOver: Bool { steps.isOver }

    mutating func step(done: Int, of batches: Int, _ deployment: Deployment) async throws {
        guard let step = steps.due(done: done, of: batches) else { return }
        if step > 0 { try folder.retire(roles[step - 1]) }
        guard step < roles.count else { return }
        _ = try folder.rotate(roles[step])
        deployment.renew(roles[step])
    }
}

/// Restarts every service from another folder of programs, one after the other.
struct UpgradeDrill: Drill {
    let programs: String
    private var steps = DrillSteps(Topology.services.count)

    /// - Throws: ``CommandFailure`` where a program is missing.
    init(programs: String) throws {
        self.programs = URL(fileURLWithPath: programs).standardizedFileURL.path
        for name in Topology.services
        where !FileManager.default.isExecutableFile(atPath: "\(self.programs)/\(name)") {
            throw CommandFailure("there is no program \(name) in \(self.programs)")
        }
    }

    var seconds: Double { 0.8 * Double(steps.count) }
    var isOver: Bool { steps.isOver }

    mutating func step(done: Int, of batches: Int, _ deployment: Deployment) async throws {
        guard let step = steps.due(done: done, of: batches) else { return }
        deployment.renew(Topology.services[step], programs: programs)
    }
}

/// Backs the database up while the services run, once a share of the feed is done.
struct BackupDrill: Drill {
    let url: String
    let folder: String
    private var steps = DrillSteps(1)

    init(url: String, folder: String) { (self.url, self.folder) = (url, folder) }

    var seconds: Double { 6 }
    var isOver: Bool { steps.isOver }

    mutating func step(done: Int, of batches: Int, _ deployment: Deployment) async throws {
        // At a third, since the services are abandoned at two thirds.
        guard steps.due(done: done * 3 / 2, of: batches) != nil else { return }
        _ = try DatabaseBackup(url: url, folder: folder).make()
    }
}

/// Deletes all of the stored feed that no service can need, again and again.
struct PruneDrill: Drill {
    let url: String
    private var steps = DrillSteps(8)

    init(url: String) { self.url = url }

    var seconds: Double { 0.5 * Double(steps.count) }
    var isOver: Bool { steps.isOver }

    mutating func step(done: Int, of batches: Int, _ deployment: Deployment) async throws {
        guard steps.due(done: done, of: batches) != nil else { return }
        let connection = try PostgresConnection(url)
        // In a short feed the stages have no snapshots at first.
        guard try Retention(connection).floor(of: Fleet.running(connection).stageNodes) != nil else { return }
        _ = try PrunePlan([.feed], olderThan: 1, connection).apply(connection) { _ in }
    }
}
