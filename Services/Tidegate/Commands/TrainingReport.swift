internal import Evaluation
internal import Foundation
internal import Models
internal import Store

/// What a training came to, for a person.
struct TrainingReport {
    private let outcome: TrainingOutcome

    /// `nil` for a training that is not done.
    init?(_ job: Job) throws {
        guard let result = job.result else { return nil }
        outcome = try JSONDecoder().decode(TrainingOutcome.self, from: Data(result.rawValue.utf8))
    }

    /// The job, and beside it everything that it came to.
    static func object(of job: Job) throws -> JSONValue {
        var fields: [String: JSONValue] = [:]
        if let result = job.result, case .object(let made) = try JSONValue(parsing: result.rawValue) {
            fields = made
            // What is not defined is not kept; here it is told to be nothing.
            for key in ["mean", "sd", "accuracy", "deflated_sharpe", "pbo"] where made[key] == nil {
                fields[key] = .null
            }
        }
        fields["job"] = .integer(job.id)
        fields["state"] = .string(job.state.rawValue)
        fields["error"] = job.error.map { .string($0) } ?? .null
        return .object(fields)
    }

    func show() {
        Terminal.print(text)
    }

    var text: String {
        let table = outcome.table
        let range = [table.folds.first?.from, table.folds.last?.to].compactMap(\.self).joined(separator: " to ")
        let counted = Set(table.folds.map(\.fold)).count
        let seeds = Set(table.folds.map(\.seed)).count
        return """
            \(outcome.version)
            \(outcome.label); \(outcome.split)
            \(counted) folds, \(seeds) seed\(seeds == 1 ? "" : "s"), tested \(range)\(origins)

            \(comparison)

            accuracy over all calls: \(Self.share(table.accuracy)); by chance it lies in \
            \(Self.share(table.chance.lower))…\(Self.share(table.chance.upper)) (99 %)
            fits tried so far: \(table.trials); deflated Sharpe ratio \(Self.number(table.deflatedSharpe)); \
            probability of overfitting \(Self.number(table.pbo))
            verdict: \(table.verdict.rawValue)
            """
    }

    /// Where the data came from, on a line of its own.
    private var origins: String {
        guard let origins = outcome.origins else { return "" }
        return origins.isMadeUp ? "\n\(origins.total) candles, all made up" : "\n\(origins)"
    }

    /// The model and everything beside it, each metric as mean ± deviation over folds and seeds.
    private var comparison: String {
        let table = outcome.table
        let metrics: [ValidationMetric] = [.accuracy, .areaUnderCurve, .logLoss, .matthews, .netSharpe]
        var text = TextTable(columns: ["model"] + metrics.map { $0.rawValue.replacing("_", with: " ") })
        for (name, summaries) in [(table.model, table.metrics)] + table.baselines.map({ ($0.model, $0.metrics) }) {
            text.add([name] + metrics.map { Self.summary(summaries[$0]) })
        }
        return text.text
    }

    private static func summary(_ summary: MetricSummary?) -> String {
        guard let summary else { return "-" }
        let deviation = summary.sd.map { String(format: " ± %.3f", $0) } ?? ""
        return String(format: "%.4f", summary.mean) + deviation
    }

    private static func share(_ value: Double?) -> String {
        value.map { String(format: "%.2f %%", $0 * 100) } ?? "-"
    }

    private static func number(_ value: Double?) -> String { value.map { String(format: "%.3f", $0) } ?? "-" }
}
