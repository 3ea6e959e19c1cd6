import ArgumentParser
import Features
import Foundation
import Testing

@testable import Tidegate

@Suite("Commands for features")
struct FeaturesCommandTests {
    @Test("The list has a row for each feature, with the keys that scripts count on")
    func rows() throws {
        let options = try FeatureOptions.parse(["--set", "rsi_21,macd-signal@4h,hour-sine", "--timeframe", "15m"])
        let line = try JSONOutput.line(options.featureSet().features.map(FeatureRow.init))
        let rows = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [[String: Any]])
        #expect(rows.map { $0["name"] as? String } == ["rsi_21", "macd-signal_12_26_9@4h", "hour-sine"])
        #expect(rows[0]["parameters"] as? [String: Double] == ["length": 21])
        #expect(rows[0]["timeframes"] as? [String] == ["15m"] && rows[1]["timeframes"] as? [String] == ["4h"])
        #expect(rows.map { $0["warmup"] as? Int } == [22, 34, 0])
        #expect(Set(rows[0].keys).isSuperset(of: ["name", "group", "timeframes", "parameters", "warmup", "source"]))
    }

    @Test("A name that stands for no feature, and a timeframe that is none, are mistakes on the command line")
    func mistakes() throws {
        #expect(throws: (any Error).self) { try FeatureOptions.parse(["--timeframe", "2h"]) }
        #expect(throws: (any Error).self) { try FeatureOptions.parse(["--set", "rsj"]).featureSet() }
    }

    @Test("Features of a file stand in rows of its candles, empty where there is no value yet")
    func compute() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("tg-features-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (file, out) = (folder.appendingPathComponent("X-Y_1h.csv"), folder.appendingPathComponent("out.csv"))
        let lines = (0..<8).map { "\(3_600_000 * $0),1,\($0 + 3),1,\($0 + 2),5" }
        try "open_time_ms,open,high,low,close,volume\n\(lines.joined(separator: "\n"))\n"
            .write(to: file, atomically: true, encoding: .utf8)
        try await ComputeFeatures.parse([
            file.path, "--instrument", "test.X-Y", "--set", "sma_3,sma_1@4h,hour-cosine", "--out", out.path,
        ]).run()
        let rows = try String(contentsOf: out, encoding: .utf8).split(separator: "\n").map {
            $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
        #expect(rows.count == 9 && rows[0] == ["open_time_ms", "sma_3", "sma_1@4h", "hour-cosine"])
        #expect(rows.dropFirst().map { $0[0] } == (0..<8).map { "\(3_600_000 * $0)" })
        #expect(rows.dropFirst().map { $0[1] } == ["", "", "3.0", "4.0", "5.0", "6.0", "7.0", "8.0"])
        // The longer candle is seen from its close on.
        #expect(rows.dropFirst().map { $0[2] } == ["", "", "", "5.0", "5.0", "5.0", "5.0", "9.0"])
    }
}
