internal import Schema
internal import Store

/// All that the doctor's judgement rests on; no check looks at anything else.
struct DoctorFacts: Sendable {
    var machine = MachineFacts()
    /// `nil` where the deployment has no keys.
    var keys: KeyFacts?
    var database = DatabaseFacts.absent
}

/// What the machine tells about a deployment.
struct MachineFacts: Sendable, Equatable {
    /// A program that runs.
    struct Holder: Sendable, Equatable {
        let pid: Int32
        /// The file's name, as `metrics-recorder`.
        let program: String
    }

    struct Disk: Sendable, Equatable {
        /// What of ours is on it.
        let path: String
        var freeBytes: Int64
        var freeInodes: Int64
        var inodes: Int64
    }

    struct Folder: Sendable, Equatable {
        let path: String
        /// Permission bits.
        var mode: Int
        var isWritable: Bool
        /// Nobody else may look into it.
        var mustBePrivate: Bool
    }

    struct Port: Sendable, Equatable {
        let number: Int
        /// `nil` where it could not be found out, as of another user's.
        var holder: Holder?
    }

    struct Program: Sendable, Equatable {
        let name: String
        let path: String
        /// `nil` when it starts.
        var problem: String?
    }

    struct SocketFile: Sendable, Equatable {
        let path: String
        var isListening: Bool
    }

    struct File: Sendable, Equatable {
        let path: String
        var bytes: Int64
    }

    /// What the process file of `tidegate up` says.
    struct ProcessFile: Sendable, Equatable {
        let path: String
        let pid: Int32?
        /// What runs under that number; `nil` when nothing does.
        var holder: Holder?

        var isAlive: Bool { holder?.program == "tidegate" }
    }

    var folder = ""
    var folders: [Folder] = []
    var disks: [Disk] = []
    /// Those of ours that somebody listens at.
    var ports: [Port] = []
    var programs: [Program] = []
    var sockets: [SocketFile] = []
    var logs: [File] = []
    var processFile: ProcessFile?

    /// Whether `tidegate up` runs here.
    var isSupervised: Bool { processFile?.isAlive ?? false }
}

/// What the folder of keys holds.
struct KeyFacts: Sendable, Equatable {
    struct Role: Sendable, Equatable {
        let name: String
        /// `ok`, `absent`, or what is wrong with it.
        var secret: String
        /// `nil` where it is missing or unreadable.
        var publicKey: String?
        /// Who may connect; `nil` without a list, when all may.
        var allowed: [String]?
        /// Who should be able to.
        var expected: [String]
        /// Seconds since its rotation began; `nil` while there is none.
        var rotating: Double?
    }

    var folder = ""
    var roles: [Role] = []
}

/// What the database tells.
enum DatabaseFacts: Sendable {
    /// None was ever made here.
    case absent
    /// The deployment's own server is not started.
    case stopped
    case unreachable(String)
    case reachable(Contents)

    struct Contents: Sendable {
        /// On this machine and the deployment's own, so that process numbers in it are this machine's.
        var isOurs = true
        /// How to ask it by hand.
        var client = "psql \"$DATABASE_URL\""
        var server = DoctorQueries.Server(version: 150_000, settings: [:], connections: 1, mostConnections: 100)
        /// How far its clock is ahead of this machine's, in seconds, give or take `uncertainty`.
        var skew = 0.0
        var uncertainty = 0.0
        var schema: Migration.Problem?
        /// `nil` where the tables are not there.
        var pipeline: PipelineFacts?
    }
}

/// What the services have said and stored.
struct PipelineFacts: Sendable, Equatable {
    struct Service: Sendable, Equatable {
        var status: ServiceStatus
        /// Seconds since it reported, and since it was started.
        var silence: Double
        var age: Double
        /// `nil` where its process is not on this machine.
        var isAlive: Bool?
        /// Behind the feed, and no further after three seconds.
        var standsStill = false
    }

    struct Snapshot: Sendable, Equatable {
        let service: String
        let position: FeedPosition
        /// `nil` when it can be read.
        var problem: String?
    }

    var services: [Service] = []
    var feed: FeedStatus?
    /// Seconds since the ingestor spoke of the feed; since its last watermark; between its watermarks.
    var feedSilence: Double?
    var feedAge: Double?
    var feedStep: Double?
    /// Where the stored feed ends, and where the ingestor's snapshot says that it does.
    var logEnd: FeedPosition?
    var ingestorEnd: FeedPosition?
    var failedJobs: [DoctorQueries.Job] = []
    var waitingJobs: [DoctorQueries.Job] = []
    /// Every one that is kept.
    var snapshots: [Snapshot] = []
}
