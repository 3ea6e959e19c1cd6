import Foundation
import Models
import Schema
import Store
import TestKit
import Testing

@testable import Tidegate

@Suite("Importance of a version")
struct ImportanceChartTests {
    /// As a trainer writes it; twenty features, of which the third last harms.
    private static let metrics: JSONText = {
        let features = (0..<20).map { number in
            #"{"mean":\#(number == 17 ? -0.001 : 0.2 / Double(number + 1)),"name":"f\#(number)","sd":0.003}"#
        }
        return JSONText(
            """
            {"accuracy":0.5,"importance":{"own":[{"measure":"gain","shares":[{"name":"g1","share":0.75},\
            {"name":"g2","share":0.25}]}],"permutation":{"features":[\(features.joined(separator: ","))],"loss":0.65,\
            "repeats":3,"samples":500}}}
            """)
    }()

    private func entry(_ metrics: JSONText, id: String = "v") async throws -> Models.Entry {
        try await PostgresFixture.withDatabase { url in
            let registry = ModelRegistry(try PostgresConnection(url))
            try registry.register(
                ModelVersion(
                    id: id, model: "xgboost", featureSet: FeatureSetID(7), weights: [1], settings: "{}",
                    metrics: metrics, dataFrom: UnixNanos(seconds: 1), dataTo: UnixNanos(seconds: 2), revision: "r",
                    seed: 1))
            return try Models.Entry(try #require(try registry.summary(id)), aliases: [:])
        }
    }

    @Test("People see fifteen features with bars, below the figures, and the model's own measures below that")
    func chart() async throws {
        let text = try await entry(Self.metrics).text
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        #expect(lines.contains { $0.hasPrefix("metrics accuracy") && $0.hasSuffix("0.5") })
        #expect(!text.contains("metrics importance"))
        let title = try #require(lines.firstIndex { $0.hasPrefix("permutation importance") })
        #expect(lines[title].contains("0.65 nats") && lines[title].contains("500 samples, 3 times"))
        let rows = lines[(title + 2)...].prefix { !$0.isEmpty }
        #expect(rows.count == 15 && rows.first!.hasPrefix("f0 ") && rows.last!.hasPrefix("f14 "))
        let bars = rows.map { $0.count { $0 == "█" } }
        #expect(bars.first == 30 && bars[1] == 15 && bars == bars.sorted(by: >) && bars.allSatisfy { $0 > 0 })
        let own = try #require(lines.firstIndex { $0.hasPrefix("gain") })
        #expect(lines[own + 1].contains("0.75") && lines[own + 2].count { $0 == "█" } == 10)
    }

    @Test("A feature that harms has no bar")
    func negative() throws {
        let features = [PermutationImportance.Feature(name: "bad", mean: -0.5, sd: 0)]
        let chart = ImportanceChart(
            importance: ModelImportance(
                permutation: PermutationImportance(samples: 1, repeats: 1, loss: 1, features: features), own: []))
        #expect(chart.text.contains("-0.5") && !chart.text.contains("█"))
    }

    @Test("JSON has all of it, and a comparison of versions none")
    func json() async throws {
        let measured = try await entry(Self.metrics)
        #expect(measured.importance?.permutation?.features.count == 20)
        let line = try JSONOutput.line(measured)
        #expect(line.contains(#""permutation":{"features":[{"mean":0.2,"name":"f0""#), "\(line)")
        let plain = try await entry(#"{"accuracy":0.5}"#)
        #expect(plain.importance == nil && !plain.text.contains("importance"))
        #expect(ModelDifferences(measured, plain).differences.isEmpty)
    }
}
