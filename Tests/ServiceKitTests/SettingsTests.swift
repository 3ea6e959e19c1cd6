import Configuration
import Schema
import Testing

@testable import ServiceKit

@Suite("Common settings")
struct CommonSettingsTests {
    private func settings(_ values: [AbsoluteConfigKey: ConfigValue]) throws -> CommonSettings {
        try CommonSettings(ConfigReader(provider: InMemoryProvider(values: values)), databaseURL: nil)
    }

    @Test("A missing setting is named, with the ways to give it")
    func missing() {
        #expect(throws: SettingError("missing setting bus.folder: give --bus-folder or TIDEGATE_BUS_FOLDER")) {
            try settings([["database", "url"]: "x"])
        }
        #expect(throws: SettingError.self) { try settings([["bus", "folder"]: "/b"]) }
    }

    @Test("A value out of its range is refused with the range")
    func outOfRange() {
        #expect(throws: SettingError("http.port must be a whole number in 0…65535, not \"70000\"")) {
            try settings([["database", "url"]: "x", ["bus", "folder"]: "/b", ["http", "port"]: "70000"])
        }
    }

    @Test("The bus is in the clear until a folder of keys is named")
    func keys() throws {
        #expect(try settings([["database", "url"]: "x", ["bus", "folder"]: "/b"]).busKeys == nil)
        let named = try settings([["database", "url"]: "x", ["bus", "folder"]: "/b", ["bus", "keys"]: "/k"])
        #expect(named.busKeys == "/k")
    }

    @Test("A ring that could not hold what lies between two snapshots is refused")
    func smallRing() {
        #expect(throws: SettingError.self) {
            try settings([["database", "url"]: "x", ["bus", "folder"]: "/b", ["pipeline", "ring"]: "100"])
        }
    }

    @Test("A service publishes in the bus folder, or where its endpoint setting says")
    func endpoints() throws {
        let settings = try settings([
            ["database", "url"]: "x", ["bus", "folder"]: "/b", ["bus", "endpoint", "risk-gate"]: "tcp://h:1",
        ])
        #expect(settings.endpoints(of: "executor") == "ipc:///b/executor")
        #expect(settings.endpoints(of: "risk-gate") == "tcp://h:1")
    }
}

@Suite("Setting key")
struct SettingKeyTests {
    @Test("Flag and variable follow from the name")
    func names() {
        let key = SettingKey("pipeline.snapshot-every", "256", "batches between two snapshots")
        #expect(key.flag == "--pipeline-snapshot-every")
        #expect(key.variable == "TIDEGATE_PIPELINE_SNAPSHOT_EVERY")
    }
}
