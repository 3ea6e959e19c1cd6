internal import Configuration
internal import Schema
internal import ServiceKit

/// The trainer's settings.
struct Settings: Sendable {
    /// Seconds for which a job stays with a trainer that gives no sign of life.
    let lease: Int
    /// Threads of each operation; the result depends on them.
    let threads: Int

    static let keys = [
        SettingKey("trainer.lease", "30", "seconds until the job of a trainer that has died is another's"),
        SettingKey("trainer.threads", "1", "threads of each operation; the same number gives the same weights"),
    ]

    init(_ config: ConfigReader) throws(SettingError) {
        lease = try CommonSettings.number(config, "trainer.lease", 1...86_400, otherwise: 30)
        threads = try CommonSettings.number(config, "trainer.threads", 1...1024, otherwise: 1)
    }
}
