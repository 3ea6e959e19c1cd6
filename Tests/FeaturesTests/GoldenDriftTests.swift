import Features
import Foundation
import TestKit
import Testing

@Suite("Drift against river and SciPy", .enabled(if: SharedData.folder != nil || SharedData.required))
struct GoldenDriftTests {
    /// The rows of a stream that a detector calls a drift, and those that it warns at, as the reference counts them.
    private func rows<Detector: DriftDetector>(
        _ detector: Detector, _ stream: [Detector.Observation], warnsWhileDrifting: Bool = false
    ) -> (drifts: [Double], warnings: [Double]) {
        var detector = detector
        var (drifts, warnings): ([Double], [Double]) = ([], [])
        var before = DriftVerdict.stable
        for (row, observation) in stream.enumerated() {
            let verdict = detector.update(observation)
            if verdict == .drift { drifts.append(Double(row)) }
            // The reference's EDDM leaves the flag of a warning up when it raises that of a drift.
            let isInWarning = verdict == .warning || warnsWhileDrifting && verdict == .drift && before == .warning
            if isInWarning { warnings.append(Double(row)) }
            before = verdict
        }
        return (drifts, warnings)
    }

    private func compare(
        _ found: (drifts: [Double], warnings: [Double]), _ tree: inout GoldenTree, _ path: String
    ) throws {
        #expect(found.drifts == (try tree.numbers(path, "drift_at")), "\(path)")
        #expect(Array(found.warnings.prefix(20)) == (try tree.numbers(path, "warning_at_first_20")), "\(path)")
        #expect(Double(found.warnings.count) == (try tree.number(path, "n_warnings")), "\(path)")
        print(
            "\(path): 2000 rows, drifts at \(found.drifts.map { Int($0) }), \(found.warnings.count) warnings, as there")
    }

    @Test("Every value of the reference is computed: the same rows, statistics and probabilities")
    func golden() throws {
        var tree = try GoldenTree("03_drift.json")
        let table = try GoldenTable("03_drift_streams.csv")
        try detectors(&tree, table)
        try samples(&tree, table)
        #expect(try tree.text("lib") == "river 0.26.1, scipy 1.17.1")
        #expect(try tree.text("index").hasPrefix("0-based row of 03_drift_streams.csv whose update raised the flag"))
        #expect(try tree.text("tolerance", "indices") == "identical")
        #expect(tree.unread.isEmpty, "not compared: \(tree.unread.sorted())")
    }

    private func detectors(_ tree: inout GoldenTree, _ table: GoldenTable) throws {
        let errors = try table.values("error01").map { $0 == 1 }
        #expect(
            try tree.text("adwin_params")
                == "delta=0.002 clock=32 max_buckets=5 min_window_length=5 grace_period=10 (Bifet & Gavalda 2007)")
        for (path, window) in [("adwin", AdaptiveWindow()), ("adwin_clock1", AdaptiveWindow(interval: 1))] {
            for stream in tree.keys(path) {
                try compare(rows(window, table.values(stream)), &tree, "\(path)/\(stream)")
            }
        }
        #expect(
            try tree.text("page_hinkley", "params")
                == "min_instances=30 delta=0.005 threshold=50 alpha=0.9999 mode=both, and threshold=20")
        for (name, test) in [
            ("threshold50", PageHinkley()), ("threshold20", PageHinkley(threshold: 20)),
            ("threshold20_up", PageHinkley(.up, threshold: 20)),
        ] {
            for stream in tree.keys("page_hinkley/\(name)") {
                try compare(rows(test, table.values(stream)), &tree, "page_hinkley/\(name)/\(stream)")
            }
        }
        #expect(
            try tree.text("ddm", "params")
                == "warm_start=30 warning_threshold=2.0 drift_threshold=3.0 (Gama et al. 2004)")
        try compare(rows(DriftDetectionMethod(), errors), &tree, "ddm/error01")
        #expect(try tree.text("eddm", "params") == "warm_start=30 alpha=0.95 beta=0.9")
        let early = rows(EarlyDriftDetectionMethod(), errors, warnsWhileDrifting: true)
        try compare(early, &tree, "eddm/error01")
    }

    private func samples(_ tree: inout GoldenTree, _ table: GoldenTable) throws {
        let statistic = try tree.number("tolerance", "ks stat atol")
        let exact = try tree.number("tolerance", "ks pvalue exact rtol")
        let asymptotic = try tree.number("tolerance", "ks pvalue asymp rtol")
        let stability = try tree.number("tolerance", "psi atol")
        #expect(try tree.text("psi_rule").contains("fractions floored at 1e-4 (not renormalised)"))
        let pairs = tree.keys("ks_psi")
        #expect(pairs.count == 5)
        for pair in pairs {
            let (first, second) = try cut(pair, table)
            let test = try KolmogorovSmirnov(first, second)
            let reference = try PopulationStability(reference: first)
            var worst = 0.0
            func close(_ ours: Double, _ theirs: Double, _ tolerance: Double, _ what: String) {
                worst = max(worst, abs(ours - theirs) / max(abs(theirs), 1e-300))
                #expect(abs(ours - theirs) <= tolerance, "\(pair), \(what): \(ours), not \(theirs)")
            }
            close(test.statistic, try tree.number("ks_psi", pair, "exact", "stat"), statistic, "statistic")
            close(test.statistic, try tree.number("ks_psi", pair, "asymp", "stat"), statistic, "statistic")
            var theirs = try tree.number("ks_psi", pair, "exact", "pvalue")
            close(test.exactProbability, theirs, exact * theirs, "exact probability")
            #expect(test.probability == test.exactProbability)
            theirs = try tree.number("ks_psi", pair, "asymp", "pvalue")
            close(test.approximateProbability, theirs, asymptotic * theirs, "approximate probability")
            theirs = try tree.number("ks_psi", pair, "wasserstein")
            close(try WassersteinDistance.between(first, second), theirs, 1e-12 * theirs, "Wasserstein's distance")
            close(
                try reference.index(of: second), try tree.number("ks_psi", pair, "psi_10q", "psi"), stability, "index")
            for (name, values) in [
                ("inner_edges", reference.edges), ("p_ref", reference.shares),
                ("q_cur", try reference.shares(of: second)),
            ] {
                let theirs = try tree.numbers("ks_psi", pair, "psi_10q", name)
                #expect(values.count == theirs.count)
                for (value, theirs) in zip(values, theirs) { close(value, theirs, stability, name) }
            }
            print("\(pair): 35 values, worst relative error \(worst)")
        }
    }

    /// The two pieces of a stream that a name such as `step[0:200] vs [900:1050]` stands for.
    private func cut(_ pair: String, _ table: GoldenTable) throws -> ([Double], [Double]) {
        let parts = pair.split { "[:] vs".contains($0) }
        let stream = try table.values(String(pair.prefix { $0 != "[" }))
        let bounds = parts.suffix(4).compactMap { Int($0) }
        try #require(bounds.count == 4)
        return (Array(stream[bounds[0]..<bounds[1]]), Array(stream[bounds[2]..<bounds[3]]))
    }
}
