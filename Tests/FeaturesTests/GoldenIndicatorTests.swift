import Features
import Foundation
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

    @Test("Every column has the reference's values, from the same first row on")
    func golden() throws {
        let folder = try #require(SharedData.folder).appendingPathComponent("golden")
        let description = try JSONDecoder().decode(
            Description.self, from: Data(contentsOf: folder.appendingPathComponent("01_indicators_meta.json")))
        let bars = try GoldenTable("01_indicators_input.csv").bars()
        #expect(bars.count == 5000)
        var tables: [String: GoldenTable] = [:]
        var (rows, worst, worstColumn) = (0, 0.0, "")
        for column in computedColumns {
            let reference = try #require(description.columns[column.name])
            let table = try tables[reference.file] ?? GoldenTable(reference.file)
            tables[reference.file] = table
            let expected = try #require(table.columns[column.name])
            let computed = column.compute(bars)
            #expect(computed.count == expected.count)
            #expect(computed.firstIndex { !$0.isNaN } == expected.firstIndex { $0 != nil }, "\(column.name)")
            var failures = 0
            for case (let value, let expected?) in zip(computed, expected) {
                rows += 1
                let error = abs(value - expected)
                if !(error <= reference.atol + max(reference.rtol, 1e-15) * abs(expected)) { failures += 1 }
                // Measured against the column's own size where it crosses zero.
                let relative = error / max(abs(expected), 1)
                if relative > worst { (worst, worstColumn) = (relative, column.name) }
            }
            #expect(failures == 0, "\(column.name)")
        }
        print("indicators: \(computedColumns.count) columns, \(rows) values, worst error \(worst) in \(worstColumn)")
    }

    @Test("Flat, silent and monotone prices give what the reference gives")
    func edges() throws {
        let table = try GoldenTable("01_edge.csv")
        let bars = try table.bars()
        for column in computedColumns {
            let expected = try #require(table.columns[column.name])
            let failures = zip(column.compute(bars), expected).enumerated().filter { _, pair in
                guard let expected = pair.1 else { return false }
                return !(abs(pair.0 - expected) <= 1e-8 + 1e-9 * abs(expected))
            }
            #expect(failures.isEmpty, "\(column.name): \(failures.prefix(3))")
        }
    }
}
