internal import Bus
internal import Foundation
internal import Market
internal import Pipeline
internal import Schema
internal import ServiceKit
internal import Store

extension DatabaseFacts {
    static func gather(
        _ workspace: Workspace, environment: [String: String], clock: () -> UnixNanos
    ) -> DatabaseFacts {
        do {
            guard let database = try workspace.runningDatabase(environment: environment) else {
                let isMade = FileManager.default.fileExists(atPath: "\(workspace.folder)/postgres/data")
                return isMade ? .stopped : .absent
            }
            return .reachable(try read(database, clock))
        } catch let error as StoreError where error.sqlState == "3D000" {
            return .absent
        } catch let error as StoreError {
            // The server's words; a password is never among them.
            let text = error.message.split(separator: "\n").first.map(String.init) ?? "\(error)"
            return .unreachable(text)
        } catch {
            return .unreachable("\(error)")
        }
    }

    private static func read(_ database: RunningDatabase, _ clock: () -> UnixNanos) throws -> Contents {
        let connection = try database.connect()
        let queries = DoctorQueries(connection)
        var contents = Contents()
        contents.isOurs = database.isOurs
        if database.isOurs { contents.client = "psql \"\(database.url)\"" }
        let before = clock()
        let time = try queries.clock()
        let after = clock()
        contents.skew = Double(time.rawValue - before.rawValue / 2 - after.rawValue / 2) / 1e9
        contents.uncertainty = Double(after.rawValue - before.rawValue) / 2e9
        contents.server = try queries.server()
        contents.schema = try problem(of: connection)
        do {
            // Ages by the database's clock: of its own times, and of the services', which keep it too.
            contents.pipeline = try PipelineFacts.read(database, connection, now: time)
        } catch let error as StoreError where error.sqlState == "42P01" || error.sqlState == "42703" {
            contents.pipeline = nil
        }
        return contents
    }

    private static func problem(of connection: PostgresConnection) throws(StoreError) -> Migration.Problem? {
        do throws(StoreError) {
            try SchemaCompatibility(connection).check()
            return nil
        } catch {
            guard case .migration(let problem) = error else { throw error }
            return problem
        }
    }
}

extension PipelineFacts {
    fileprivate static func read(
        _ database: RunningDatabase, _ connection: PostgresConnection, now: UnixNanos
    ) throws -> PipelineFacts {
        let queries = DoctorQueries(connection)
        var facts = PipelineFacts()
        func seconds(since time: UnixNanos) -> Double { Double(now.rawValue - time.rawValue) / 1e9 }
        facts.services = try StatusStore(connection).all().map { status in
            Service(
                status: status, silence: seconds(since: status.updatedAt), age: seconds(since: status.startedAt),
                isAlive: database.isOurs ? DeploymentStatus.isAlive(status.processID) : nil)
        }
        facts.feed = try FeedStatusStore(connection).status()
        facts.feedSilence = try queries.feedSilence()
        facts.feedAge = facts.feed?.reached.map(seconds)
        facts.feedStep = try queries.feedStep()
        (facts.logEnd, facts.ingestorEnd) = try queries.feedEnds(ingestor: Topology.ingestor)
        facts.failedJobs = try queries.failedJobs(days: 7)
        facts.waitingJobs = try queries.waitingJobs()
        facts.snapshots = try snapshots(connection)
        try facts.findStuck(connection)
        return facts
    }

    /// Looks a second time at those that are behind the feed; they report once a second.
    private mutating func findStuck(_ connection: PostgresConnection) throws {
        guard let head = services.first(where: { $0.status.name == Topology.ingestor })?.status.position else { return }
        func isBehind(_ status: ServiceStatus) -> Bool {
            Topology.stages.contains(status.name) && status.isReady && status.position < head
        }
        guard services.contains(where: { isBehind($0.status) && $0.silence < 3 }) else { return }
        WallClock.sleep(milliseconds: 3000)
        let later = try StatusStore(connection).all()
        for index in services.indices where isBehind(services[index].status) {
            let status = services[index].status
            let next = later.first { $0.name == status.name && $0.instance == status.instance }
            services[index].standsStill = next?.position == status.position && next?.processID == status.processID
        }
    }

    private static func snapshots(_ connection: PostgresConnection) throws -> [Snapshot] {
        let store = SnapshotStore(connection)
        var snapshots: [Snapshot] = []
        for service in [Topology.ingestor] + (try Fleet.running(connection).stageNodes) {
            for position in try store.positions(service) {
                // It may have been replaced by a later one since.
                guard let row = try store.latest(service, atOrBefore: position), row.position == position else {
                    continue
                }
                snapshots.append(Snapshot(service: service, position: position, problem: problem(of: row)))
            }
        }
        return snapshots
    }

    /// What a stage's and the ingestor's snapshots have in common with what the services write.
    private struct StageForm: Decodable {
        let last: LogBatch
        let sequencer: Sequencer
    }

    private struct IngestorForm: Decodable {
        let builder: FeedBuilder.State
        let sequencer: Sequencer
    }

    /// Reads as much of it as all services write alike.
    static func problem(of snapshot: Store.Snapshot) -> String? {
        let data = Data(snapshot.state)
        do {
            let position: FeedPosition
            if snapshot.service == Topology.ingestor {
                position = try PropertyListDecoder().decode(IngestorForm.self, from: data).builder.watermark
            } else {
                position = try PropertyListDecoder().decode(StageForm.self, from: data).last.watermark.previous
            }
            guard position == snapshot.position else { return "it belongs to position \(position)" }
            return nil
        } catch {
            return "it is damaged"
        }
    }
}
