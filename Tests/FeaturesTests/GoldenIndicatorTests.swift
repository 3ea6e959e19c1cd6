import Features
import Foundation
import Market
import TestKit
import Testing

@Suite("Indicators against TA-Lib", .enabled(if: SharedData.folder != nil || SharedData.required))
struct GoldenIndicatorTests {
    private struct Description: Decodable {
        struct Column: Decodable {
            let file: String
            let rtol: Double
            let atol: Double
        }
        let columns: [String: Column]
    }

    @Test("Every column of the reference is computed, and has its values from the same first row on")
    func golden() throws {
        let folder = try #require(SharedData.folder).appendingPathComponent("golden")
        let description = try JSONDecoder().decode(
            Description.self, from: Data(contentsOf: folder.appendingPathComponent("01_indicators_meta.json")))
        let bars = try GoldenTable("01_indicators_input.csv").bars()
        #expect(bars.count == 5000)
        let computed = try goldenColumns(bars)
        #expect(Set(computed.keys) == Set(description.columns.keys))
        var tables: [String: GoldenTable] = [:]
        var (rows, worst, worstColumn) = (0, 0.0, "")
        for (name, reference) in description.columns.sorted(by: { $0.key < $1.key }) {
            let table = try tables[reference.file] ?? GoldenTable(reference.file)
            tables[reference.file] = table
            let expected = try #require(table.columns[name])
            let values = try #require(computed[name])
            #expect(values.count == expected.count)
            #expect(values.firstIndex { !$0.isNaN } == expected.firstIndex { $0 != nil }, "\(name)")
            var (failures, columnWorst) = (0, 0.0)
            for case (let value, let expected?) in zip(values, expected) {
                rows += 1
                let error = abs(value - expected)
                if !(error <= reference.atol + max(reference.rtol, 1e-15) * abs(expected)) { failures += 1 }
                // Measured against the column's own size where it crosses zero.
                columnWorst = max(columnWorst, error / max(abs(expected), 1))
            }
            #expect(failures == 0, "\(name): worst error \(columnWorst)")
            if columnWorst > worst { (worst, worstColumn) = (columnWorst, name) }
        }
        print("indicators: \(computed.count) columns, \(rows) values, worst error \(worst) in \(worstColumn)")
    }

    @Test("Flat, silent and monotone prices give what the reference gives, and a number where it gives none")
    func edges() throws {
        let table = try GoldenTable("01_edge.csv")
        let computed = try goldenColumns(table.bars())
        var rows = 0
        for (name, values) in computed.sorted(by: { $0.key < $1.key }) {
            // 0 ∕ 0 by rounding: the reference's own versions differ.
            if name.hasPrefix("stochrsi") { continue }
            let expected = try #require(table.columns[name])
            rows += expected.count { $0 != nil }
            let failures = zip(values, expected).enumerated().filter { _, pair in
                guard let expected = pair.1 else { return false }
                return !(abs(pair.0 - expected) <= 1e-8 + 1e-9 * abs(expected))
            }
            #expect(failures.isEmpty, "\(name): \(failures.prefix(3))")
            let first = values.firstIndex { !$0.isNaN } ?? values.endIndex
            let isWhole = values[first...].allSatisfy { $0.isFinite }
            #expect(isWhole, "\(name)")
        }
        #expect(rows > 9000)
    }
}
