import Schema
import Store
import TestKit
import Testing

@testable import Tidegate

@Suite("Controls from the command line")
struct ControlTests {
    private func version(_ id: String) -> ModelVersion {
        ModelVersion(
            id: id, model: "xgboost", featureSet: FeatureSetID(1), weights: [1, 2], settings: #"{"depth": 3}"#,
            metrics: #"{"test": {"accuracy": 0.53}}"#, dataFrom: UnixNanos(seconds: 0), dataTo: UnixNanos(seconds: 9),
            revision: "r", seed: 7)
    }

    @Test("A request is waited for until the ingestor places it, and no longer than asked")
    func waiting() async throws {
        try await PostgresFixture.withDatabase { url in
            let connection = try PostgresConnection(url)
            let control = Control(
                id: ControlPlacement.identifier("risk/halted"), change: .tradingStateChanged(.halted, reason: "drill"))
            try ControlRequests(connection).submit(control)
            #expect(try await ControlPlacement.wait(for: control.id, seconds: 0.1, connection) == nil)
            try ControlRequests(connection).place(control, at: FeedPosition(12))
            #expect(try await ControlPlacement.wait(for: control.id, seconds: 30, connection) == FeedPosition(12))
        }
    }

    @Test("A request without a place is a failure, which says whether the feed has ended")
    func reporting() async throws {
        try await PostgresFixture.withDatabase { url in
            let connection = try PostgresConnection(url)
            func report(_ position: FeedPosition?) throws {
                let outcome = ControlPlacement.Outcome(id: "1", change: "trading is halted", position: position)
                try ControlPlacement.report(outcome, waited: 2, json: false, connection)
            }
            let waiting = #expect(throws: CommandFailure.self) { try report(nil) }
            #expect(waiting?.description.contains("not placed it within 2.0 s") == true)
            try FeedStatusStore(connection).save(
                FeedStatus(
                    source: "file", detail: "", from: nil, to: nil, reached: nil, batches: 1, expected: 1,
                    isFinished: true))
            let ended = #expect(throws: CommandFailure.self) { try report(nil) }
            #expect(ended?.description.contains("feed has ended") == true)
            try report(FeedPosition(3))
        }
    }

    @Test("Two requests never have the same name")
    func names() {
        #expect(Set((0..<100).map { _ in ControlPlacement.identifier("risk/halted") }).count == 100)
    }

    @Test("Promoting moves the alias and asks for the same in the feed; where one fails, neither happens")
    func promotion() async throws {
        try await PostgresFixture.withDatabase { url in
            let connection = try PostgresConnection(url)
            let registry = ModelRegistry(connection)
            try registry.register(version("a"))
            try registry.register(version("b"))
            func promote(_ id: String, _ version: String) throws {
                _ = try ModelMove.perform("champion", id: id, connection) { registry throws(StoreError) in
                    try registry.promote("champion", to: version)
                    return ModelSeat(version: version)
                }
            }
            try promote("1", "a")
            try promote("2", "b")
            #expect(try registry.alias("champion") == "b")
            // The name is taken by another change, so the feed refuses it, and the registry must not have moved.
            #expect(throws: StoreError.self) { try promote("1", "b") }
            #expect(throws: StoreError.self) { try promote("2", "a") }
            #expect(try registry.alias("champion") == "b")
            let back = try ModelMove.perform("champion", id: "3", connection) { registry throws(StoreError) in
                try registry.rollback("champion")
            }
            #expect(back == ModelSeat(version: "a"))
            #expect(
                try ControlRequests(connection).pending().map(\.change) == [
                    .modelActivated(alias: "champion", version: "a"), .modelActivated(alias: "champion", version: "b"),
                    .modelActivated(alias: "champion", version: "a"),
                ])
        }
    }

    @Test("A model is shown with its aliases and every figure that was written down")
    func entry() async throws {
        try await PostgresFixture.withDatabase { url in
            let registry = ModelRegistry(try PostgresConnection(url))
            try registry.register(version("a"))
            let summary = try #require(try registry.summary("a"))
            let (a, b) = (ModelSeat(version: "a"), ModelSeat(version: "b"))
            let entry = try Models.Entry(summary, aliases: ["champion": a, "shadow": b, "challenger": a])
            #expect(entry.aliases == ["challenger", "champion"] && entry.canaryShare == nil)
            let canary = try Models.Entry(
                summary, aliases: ["canary": ModelSeat(version: "a", share: 0.25), "champion": b])
            #expect(canary.canaryShare == 0.25 && canary.names == "canary (share 0.25)")
            #expect(entry.weightBytes == version("a").weights.count)
            #expect(entry.text.contains("metrics test.accuracy  0.53") && entry.text.contains("settings depth"))
        }
    }
}
