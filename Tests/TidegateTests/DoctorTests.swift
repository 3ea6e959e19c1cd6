import Foundation
import Pipeline
import Schema
import Store
import Testing

@testable import Tidegate

/// A deployment in which all is well, and one thing wrong with it at a time.
@Suite("Diagnosis")
struct DiagnosisTests {
    private static func service(_ name: String) -> PipelineFacts.Service {
        let status = ServiceStatus(
            name: name, processID: 7, startedAt: UnixNanos(0), updatedAt: UnixNanos(0), isReady: true,
            position: FeedPosition(90), lagMilliseconds: 0, residentBytes: 1, restarts: 1, endpoint: "ipc://x")
        return PipelineFacts.Service(status: status, silence: 1, age: 30, isAlive: true)
    }

    private static var pipeline: PipelineFacts {
        var facts = PipelineFacts()
        facts.services = Topology.services.map(service)
        facts.feed = FeedStatus(
            source: "exchange", detail: "x", from: nil, to: nil, reached: nil, batches: 5000, expected: nil,
            isFinished: false)
        (facts.feedSilence, facts.feedAge, facts.feedStep) = (1, 3700, 3600)
        (facts.logEnd, facts.ingestorEnd) = (FeedPosition(90), FeedPosition(90))
        facts.snapshots = (Topology.stages + [Topology.ingestor]).map {
            PipelineFacts.Snapshot(service: $0, position: FeedPosition(50))
        }
        return facts
    }

    private static var healthy: DoctorFacts {
        var facts = DoctorFacts()
        let supervisor = MachineFacts.Holder(pid: 5, program: "tidegate")
        facts.machine = MachineFacts(
            folder: "/d", folders: [.init(path: "/d/bus", mode: 0o700, isWritable: true, mustBePrivate: true)],
            disks: [.init(path: "/d", freeBytes: 9 << 30, freeInodes: 50, inodes: 100)],
            ports: [.init(number: 8080, holder: .init(pid: 7, program: "metrics-recorder"))],
            programs: Topology.services.map { .init(name: $0, path: "/p/\($0)") },
            sockets: [.init(path: "/d/bus/executor", isListening: true)],
            logs: [.init(path: "/d/logs/executor.log", bytes: 1000)],
            processFile: .init(path: "/d/tidegate.pid", pid: 5, holder: supervisor))
        facts.keys = KeyFacts(
            folder: "/d/keys",
            roles: KeyFolder.roles.map {
                .init(
                    name: $0, secret: "ok", publicKey: "key of \($0)", allowed: KeyFolder.allowed(by: $0),
                    expected: KeyFolder.allowed(by: $0))
            })
        facts.database = database { _ in }
        return facts
    }

    private static func database(_ change: (inout DatabaseFacts.Contents) -> Void) -> DatabaseFacts {
        var contents = DatabaseFacts.Contents()
        contents.server.settings = [
            "fsync": "on", "full_page_writes": "on", "synchronous_commit": "on", "autovacuum": "on",
        ]
        contents.pipeline = pipeline
        change(&contents)
        return .reachable(contents)
    }

    /// One fault, and the kinds of findings that it must give: these and no other.
    struct Fault: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let expected: [String]
        let plant: @Sendable (inout DoctorFacts) -> Void

        init(_ name: String, _ expected: String..., plant: @escaping @Sendable (inout DoctorFacts) -> Void) {
            (testDescription, self.expected, self.plant) = (name, expected, plant)
        }

        static func pipeline(
            _ name: String, _ expected: String..., change: @escaping @Sendable (inout PipelineFacts) -> Void
        ) -> Fault {
            Fault(name, expected) { facts in
                facts.database = DiagnosisTests.database { change(&$0.pipeline!) }  // the healthy one has it
            }
        }

        static func database(
            _ name: String, _ expected: String..., change: @escaping @Sendable (inout DatabaseFacts.Contents) -> Void
        ) -> Fault {
            Fault(name, expected) { $0.database = DiagnosisTests.database(change) }
        }

        private init(_ name: String, _ expected: [String], plant: @escaping @Sendable (inout DoctorFacts) -> Void) {
            (testDescription, self.expected, self.plant) = (name, expected, plant)
        }
    }

    static let machineFaults = [
        Fault("full disk", "disk.space") { $0.machine.disks[0].freeBytes = 1 << 20 },
        Fault("no inodes", "disk.inodes") { $0.machine.disks[0].freeInodes = 0 },
        Fault("open folder", "folder.private") { $0.machine.folders[0].mode = 0o755 },
        Fault("foreign folder", "folder.writable") { $0.machine.folders[0].isWritable = false },
        Fault("long log", "log.size") { $0.machine.logs[0].bytes = 2 << 30 },
        Fault("busy port", "port.taken") { $0.machine.ports[0].holder = .init(pid: 9, program: "nginx") },
        Fault("busy port of another user", "port.taken") { $0.machine.ports[0].holder = nil },
        Fault("no library", "program.libraries") {
            $0.machine.programs[3].problem = "error while loading shared libraries: libtorch.so: cannot open"
        },
        Fault("no program", "program.starts") { $0.machine.programs[3].problem = "there is no such program" },
        Fault("orphan socket", "socket.orphan") { $0.machine.sockets[0].isListening = false },
        Fault("stale process file", "process.stale", "service.unsupervised") {
            $0.machine.processFile = .init(path: "/d/tidegate.pid", pid: 5)
        },
        Fault("process file that another program's number is in", "process.stale", "service.unsupervised") {
            $0.machine.processFile?.holder = .init(pid: 5, program: "nginx")
        },
    ]

    static let keyFaults = [
        Fault("readable secret", "key.mode") {
            $0.keys?.roles[0].secret = "others may read the secret; its mode must be 600"
        },
        Fault("secret of another pair", "key.pair") { $0.keys?.roles[0].secret = "does not belong to the public key" },
        Fault("no secret", "key.absent") { $0.keys?.roles[0].secret = "absent" },
        Fault("no public key", "key.public") { $0.keys?.roles[0].publicKey = nil },
        Fault("no list", "key.list") { $0.keys?.roles[0].allowed = nil },
        Fault("wide list", "key.list") { $0.keys?.roles[0].allowed?.append("trainer") },
        Fault("narrow list", "key.list") { $0.keys?.roles[0].allowed?.removeLast() },
        Fault("one key for two", "key.shared") { $0.keys?.roles[0].publicKey = "key of executor" },
        Fault("forgotten rotation", "key.rotation") { $0.keys?.roles[0].rotating = 8 * 86_400 },
    ]

    static let databaseFaults = [
        Fault("database gone", "database.reachable") { $0.database = .unreachable("no route") },
        Fault("database stopped under the services", "database.reachable") { $0.database = .stopped },
        Fault.database("old server", "database.version") { $0.server.version = 120_000 },
        Fault.database("no fsync", "database.settings") { $0.server.settings["fsync"] = "off" },
        Fault.database("connections", "database.connections") { $0.server.connections = 90 },
        Fault.database("read only", "database.read-only") { $0.server.isReadOnly = true },
        Fault.database("idle transaction", "database.idle") { $0.server.idleTransaction = 4000 },
        Fault.database("clock behind", "clock.skew") { $0.skew = 90 },
        Fault.database("clock ahead", "clock.skew") { $0.skew = -90 },
        Fault.database("older schema", "schema.version") { $0.schema = .behind(database: 3, build: 7) },
        Fault.database("newer schema", "schema.version") { $0.schema = .tooNew(database: 9, build: 7, breaking: 8) },
        Fault.database("tampered schema", "schema.version") { $0.schema = .changed(number: 2) },
    ]

    static let pipelineFaults = [
        Fault.pipeline("dead service", "service.dead") { $0.services[4].isAlive = false },
        Fault.pipeline("silent service", "service.silent") { $0.services[4].silence = 60 },
        Fault.pipeline("service that never spoke", "service.missing") { $0.services.remove(at: 4) },
        Fault.pipeline("service that stands still", "service.stuck") { $0.services[4].standsStill = true },
        Fault.pipeline("service that keeps restarting", "service.restarts") {
            $0.services[4].status = ServiceStatus(
                name: Topology.executor, processID: 7, startedAt: UnixNanos(0), updatedAt: UnixNanos(0), isReady: true,
                position: FeedPosition(90), lagMilliseconds: 0, residentBytes: 1, restarts: 9, endpoint: "")
        },
        Fault.pipeline("service that is not ready", "service.unready") {
            $0.services[4].status = ServiceStatus(
                name: Topology.executor, processID: 7, startedAt: UnixNanos(0), updatedAt: UnixNanos(0),
                isReady: false, position: FeedPosition(90), lagMilliseconds: 0, residentBytes: 1, restarts: 0,
                endpoint: "")
        },
        Fault.pipeline("stale feed", "feed.stale") { $0.feedAge = 4 * 3600 },
        Fault.pipeline("silent feed", "feed.silent") { $0.feedSilence = 60 },
        Fault.pipeline("feed and state apart", "feed.state") { $0.ingestorEnd = FeedPosition(80) },
        Fault.pipeline("failed job", "job.failed") { $0.failedJobs = [.init(id: 3, error: "x", seconds: 60)] },
        Fault.pipeline("job without trainer", "service.dead", "job.waits") {
            $0.services[7].isAlive = false
            $0.waitingJobs = [.init(id: 3, seconds: 90)]
        },
        Fault.pipeline("damaged snapshot", "snapshot.unreadable") { $0.snapshots[0].problem = "it is damaged" },
        Fault.pipeline("no snapshot", "snapshot.missing") { $0.snapshots.remove(at: 0) },
    ]

    @Test("Where all is well nothing is found")
    func silence() {
        let diagnosis = Diagnosis(Self.healthy)
        #expect(diagnosis.findings.isEmpty && diagnosis.ok && diagnosis.running)
        #expect(diagnosis.text == "nothing found")
    }

    @Test(
        "Each fault is found, by its name and with a remedy, and nothing beside it",
        arguments: [
            machineFaults, keyFaults, databaseFaults, pipelineFaults,
        ].flatMap { $0 })
    func fault(_ fault: Fault) {
        var facts = Self.healthy
        fault.plant(&facts)
        let diagnosis = Diagnosis(facts)
        #expect(diagnosis.findings.map(\.check).sorted() == fault.expected.sorted())
        #expect(!diagnosis.ok)
        for finding in diagnosis.findings {
            #expect(!finding.remedy.isEmpty && !finding.message.isEmpty)
            #expect(!(finding.remedy + finding.message).contains("\n"))
        }
    }

    @Test("What was stopped in order has nothing wrong with it, and a replay's candles may be old")
    func stopped() {
        var facts = Self.healthy
        facts.machine.processFile = nil
        facts.database = Self.database { contents in
            contents.pipeline?.services = Topology.services.map { name in
                var service = Self.service(name)
                (service.isAlive, service.silence) = (false, 9000)
                return service
            }
        }
        #expect(Diagnosis(facts).findings.isEmpty && !Diagnosis(facts).running)
        facts = Self.healthy
        facts.database = Self.database { contents in
            contents.pipeline?.feed = FeedStatus(
                source: "file", detail: "x", from: nil, to: nil, reached: nil, batches: 1, expected: nil,
                isFinished: false)
            contents.pipeline?.feedAge = 9e7
        }
        #expect(Diagnosis(facts).findings.isEmpty)
        facts.machine.processFile = nil
        facts.database = .absent
        #expect(Diagnosis(facts).findings.isEmpty)
    }

    @Test("Services elsewhere are judged by their silence, and secrets that are elsewhere are not missed")
    func elsewhere() {
        var facts = Self.healthy
        facts.machine.processFile = nil
        facts.keys?.roles[0].secret = "absent"
        func database(silence: Double) -> DatabaseFacts {
            Self.database { contents in
                contents.isOurs = false
                for index in Topology.services.indices {
                    contents.pipeline?.services[index].isAlive = nil
                    contents.pipeline?.services[index].silence = silence
                }
            }
        }
        facts.database = database(silence: 2)
        #expect(Diagnosis(facts).findings.isEmpty)
        facts.database = database(silence: 60)
        #expect(Set(Diagnosis(facts).findings.map(\.check)) == ["service.silent"])
    }

    @Test("Errors come before warnings, and the JSON's keys do not depend on what there is to tell")
    func output() throws {
        var facts = Self.healthy
        facts.machine.logs[0].bytes = 2 << 30
        facts.machine.disks[0].freeBytes = 0
        facts.keys?.roles[0].allowed = nil
        #expect(Diagnosis(facts).findings.map(\.severity) == [.error, .error, .warning])
        #expect(
            try JSONOutput.line(Diagnosis(Self.healthy))
                == #"{"findings":[],"folder":"/d","ok":true,"running":true}"#)
        facts = Self.healthy
        facts.machine.logs[0].bytes = 2_000_000_000
        #expect(
            try JSONOutput.line(Diagnosis(facts)) == """
                {"findings":[{"check":"log.size","message":"/d/logs/executor.log has grown to 2.0 GB","remedy":\
                "truncate -s 0 /d/logs/executor.log","severity":"warning"}],"folder":"/d","ok":false,"running":true}
                """)
    }

    @Test("The kernel's tables tell who listens")
    func sockets() {
        let table = SocketTable(
            tcp: """
                  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
                   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1
                   1: 0100007F:1F91 0100007F:9999 01 00000000:00000000 00:00000000 00000000     0        0 4712 1
                """,
            unix: """
                Num       RefCount Protocol Flags    Type St Inode Path
                0000000000000000: 00000002 00000000 00010000 0001 01 17 /a b/bus/executor
                0000000000000000: 00000003 00000000 00000000 0001 03 18 /a b/bus/ingestor
                """)
        #expect(table.ports == [8080])
        #expect(table.paths == ["/a b/bus/executor"])
    }
}
