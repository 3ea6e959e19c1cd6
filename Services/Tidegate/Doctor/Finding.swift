/// Something that is wrong or about to be, and what to type against it.
struct Finding: Encodable, Sendable, Equatable {
    enum Severity: String, Encodable, Sendable {
        /// Something does not work, or loses what it should keep.
        case error
        /// Something will go wrong, or is not as it was made.
        case warning
    }

    let severity: Severity
    /// What was looked at, as `disk.space`; one word for each kind of finding, and never renamed.
    let check: String
    /// One line.
    let message: String
    /// One line to type, or what to do where no command does it.
    let remedy: String

    static func error(_ check: String, _ message: String, remedy: String) -> Finding {
        Finding(severity: .error, check: check, message: message, remedy: remedy)
    }

    static func warning(_ check: String, _ message: String, remedy: String) -> Finding {
        Finding(severity: .warning, check: check, message: message, remedy: remedy)
    }
}

/// From where on something is a finding.
struct DoctorLimits: Sendable, Equatable {
    /// Free space of a disk, in bytes.
    var freeBytes: Int64 = 1 << 30
    /// Share of a disk's inodes that are free.
    var freeInodes = 0.01
    /// Size of one log file, in bytes.
    var logBytes: Int64 = 1 << 30
    /// Between this machine's clock and the database's, in seconds.
    var clockSkew = 1.0
    /// Without a word from a service or about the feed, in seconds.
    var silence = DeploymentStatus.longestSilence
    /// Since a service that keeps restarting was last started, in seconds, and how often it then was.
    var restartMemory = 600.0
    var restarts = 3
    /// For which a job waits while no trainer is ready, in seconds.
    var jobWait = 60.0
    /// Share of the server's connections in use.
    var connections = 0.8
    /// For which a connection holds a transaction open without doing anything, in seconds.
    var idleTransaction = 300.0
    /// Since a key's rotation began that nobody has finished, in seconds.
    var rotation = 7 * 86_400.0
}
