import Configuration
import Market
import Schema
import Testing
import Venues

@testable import Ingestor

@Suite("Ingestor settings")
struct IngestorSettingsTests {
    private func settings(_ values: [String: String]) throws -> Settings {
        let variables = Dictionary(
            uniqueKeysWithValues: values.map {
                (String($0.key.uppercased().map { $0 == "." || $0 == "-" ? "_" : $0 }), $0.value)
            })
        return try Settings(ConfigReader(provider: EnvironmentVariablesProvider(environmentVariables: variables)))
    }

    private static let both = "kraken.BTC-USD,coinbase.BTC-USD"

    @Test("A list of sources keeps its order, and channels are a set")
    func lists() throws {
        let settings = try settings(["source.kind": "exchange, file", "source.channels": "trades,depth"])
        #expect(settings.sources == [.exchange, .file] && settings.channels == [.trades, .depth])
        #expect(settings.patience.events > 0)
        #expect(try self.settings(["source.kind": "synthetic"]).patience.events == 0)
    }

    @Test("One address is that of the only venue; of several venues each has its own")
    func addresses() throws {
        let one = try settings(["source.kind": "exchange", "source.url": "http://a"])
        #expect(one.addresses == [.binance: "http://a"])
        let two = try settings([
            "source.kind": "exchange", "market.instruments": Self.both,
            "source.url": "kraken=http://a,coinbase=http://b",
        ])
        #expect(two.addresses == [.kraken: "http://a", .coinbase: "http://b"])
    }

    @Test(
        "What cannot be meant is refused by the name of the setting",
        arguments: [
            (["source.kind": "ftp"], "source.kind"), (["source.kind": "file"], "source.folder"),
            (["source.kind": "exchange,exchange"], "source.kind"),
            (["source.kind": "exchange", "source.channels": "gossip"], "source.channels"),
            (["source.kind": "exchange", "market.instruments": "mtgox.BTC-USD"], "source.kind"),
            (["source.kind": "exchange", "market.instruments": both, "source.url": "http://a"], "source.url"),
            (["source.kind": "exchange", "source.url": "kraken=http://a"], "source.url"),
            (["source.kind": "exchange", "source.stream-url": "http://a"], "source.stream-url"),
            (["source.kind": "exchange", "source.transport": "pigeon"], "source.transport"),
            (["source.kind": "exchange", "source.patience": "0"], "source.patience"),
        ])
    func refusals(values: [String: String], name: String) {
        let error = #expect(throws: SettingError.self) { try settings(values) }
        #expect(error?.description.contains(name) == true)
    }
}
