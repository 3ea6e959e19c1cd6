internal import Configuration
internal import Schema
internal import ServiceKit
internal import Tensor

/// The trainer's settings.
struct Settings: Sendable {
    /// Seconds for which a job stays with a trainer that gives no sign of life.
    let lease: Int
    /// Threads of each operation; the result depends on them.
    let threads: Int
    /// Where networks are fitted; the result depends on its kind.
    let device: Device
    /// A name or a number of this machine, by which the trainers that fit a network with this one reach it.
    let address: String

    static let keys = [
        SettingKey("trainer.lease", "30", "seconds until the job of a trainer that has died is another's"),
        SettingKey("trainer.threads", "1", "threads of each operation; the same number gives the same weights"),
        SettingKey("trainer.device", "cpu", "where networks are fitted: cpu, cuda (the first card) or cuda:1"),
        SettingKey(
            "trainer.address", "127.0.0.1",
            "where trainers on other machines reach this one, for train --data-parallel; hostname is its own name"),
    ]

    init(_ config: ConfigReader) throws(SettingError) {
        lease = try CommonSettings.number(config, "trainer.lease", 1...86_400, otherwise: 30)
        threads = try CommonSettings.number(config, "trainer.threads", 1...1024, otherwise: 1)
        do {
            device = try Device(config.string(forKey: "trainer.device") ?? "cpu")
        } catch {
            throw SettingError("trainer.device: \(error.reason)")
        }
        let address = config.string(forKey: "trainer.address") ?? "127.0.0.1"
        guard !address.isEmpty else { throw SettingError("trainer.address must not be empty") }
        self.address = address == "hostname" ? StatusReport.machine : address
    }

    /// Whether only trainers on this machine reach this one.
    var isLocal: Bool { address == "localhost" || address == "::1" || address.hasPrefix("127.") }
}
