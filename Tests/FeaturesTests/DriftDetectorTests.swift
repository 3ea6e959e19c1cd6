import Foundation
import Schema
import Testing

@testable import Features

@Suite("Drift detectors")
struct DriftDetectorTests {
    /// 900 numbers about 0.2, then 900 about 0.9.
    static let steps: [Double] = {
        var random = SplitMix64(seed: 11)
        return (0..<1800).map { Double(random.next() >> 11) / Double(1 << 53) * 0.4 + ($0 < 900 ? 0 : 0.7) }
    }()

    /// A predictor that is wrong once in ten times, then every second time.
    private static let errors: [Bool] = {
        var random = SplitMix64(seed: 12)
        return (0..<1800).map { row in random.next() % 10 < (row < 900 ? 1 : 5) }
    }()

    private func verdicts<Detector: DriftDetector>(
        _ detector: inout Detector, _ stream: some Sequence<Detector.Observation>
    ) -> [DriftVerdict] {
        stream.map { detector.update($0) }
    }

    private func restart<Detector: DriftDetector>(_ fresh: Detector, _ stream: [Detector.Observation]) throws {
        var detector = fresh
        let whole = verdicts(&detector, stream)
        // Right after a change too, while the new start is still to come.
        let cuts = [0, 1, 40, 900, whole.firstIndex(of: .drift).map { $0 + 1 } ?? 1000]
        for cut in cuts {
            var first = fresh
            let before = verdicts(&first, stream[..<cut])
            let encoder = PropertyListEncoder()
            encoder.outputFormat = .binary
            for decoded in [
                try JSONDecoder().decode(Detector.self, from: JSONEncoder().encode(first)),
                try PropertyListDecoder().decode(Detector.self, from: encoder.encode(first)),
            ] {
                var second = decoded
                #expect(second == first)
                #expect(before + verdicts(&second, stream[cut...]) == whole)
                #expect(second == detector)
            }
        }
    }

    @Test("A detector decoded from its encoded state goes on with the same verdicts to the same state, from any row")
    func restarts() throws {
        try restart(AdaptiveWindow(), Self.steps)
        try restart(AdaptiveWindow(interval: 1, bucketsPerRow: 1), Self.steps)
        for direction in PageHinkley.Direction.allCases {
            try restart(PageHinkley(direction, tolerance: 0.05, threshold: 5), Self.steps)
        }
        try restart(DriftDetectionMethod(), Self.errors)
        try restart(EarlyDriftDetectionMethod(), Self.errors)
    }

    @Test("The change is found after it has come, and nothing before")
    func found() {
        func first<Detector: DriftDetector>(_ detector: Detector, _ stream: [Detector.Observation]) -> Int? {
            var detector = detector
            return verdicts(&detector, stream).firstIndex(of: .drift)
        }
        let rows = [
            first(AdaptiveWindow(), Self.steps), first(AdaptiveWindow(interval: 1), Self.steps),
            first(PageHinkley(tolerance: 0.05, threshold: 5), Self.steps),
            first(PageHinkley(.up, tolerance: 0.05, threshold: 5), Self.steps),
            first(DriftDetectionMethod(), Self.errors),
        ]
        for row in rows { #expect(row.map { (900..<1000).contains($0) } == true, "\(row.map { "\($0)" } ?? "none")") }
        #expect(first(PageHinkley(.down, tolerance: 0.05, threshold: 5), Self.steps) == nil)
        #expect(first(PageHinkley(.down, tolerance: 0.05, threshold: 5), Self.steps.map { -$0 }) == rows[3])
        #expect(first(PageHinkley(.up, tolerance: 0.05, threshold: 5), Self.steps.map { -$0 }) == nil)
    }

    @Test(
        "A series that stays the same never drifts, however large or small",
        arguments: [0, 7.1, -3.3, 1.0 / 3, 1e20, -1e99, 1e-300] as [Double])
    func constant(value: Double) {
        func isStable<Detector: DriftDetector>(_ detector: Detector, _ value: Detector.Observation) -> Bool {
            var detector = detector
            return (0..<5000).allSatisfy { _ in detector.update(value) == .stable }
        }
        #expect(isStable(AdaptiveWindow(), value))
        #expect(isStable(AdaptiveWindow(significance: 0.5, interval: 1, leastPart: 1, leastCount: 0), value))
        for direction in PageHinkley.Direction.allCases {
            #expect(isStable(PageHinkley(direction, leastCount: 1, tolerance: 0, threshold: 1e-9), value))
        }
        for isError in [false, true] {
            #expect(isStable(DriftDetectionMethod(leastCount: 1), isError))
            #expect(isStable(EarlyDriftDetectionMethod(leastErrors: 1), isError))
        }
    }

    @Test("What is no number, infinite or too large to be squared is passed over, right after a change too")
    func unusable() {
        func check<Detector: DriftDetector>(_ detector: Detector) where Detector.Observation == Double {
            var (clean, mixed) = (detector, detector)
            var drifts = 0
            for (row, value) in Self.steps.enumerated() {
                let verdict = clean.update(value)
                #expect(mixed.update(value) == verdict)
                if verdict == .drift { drifts += 1 }
                guard verdict == .drift || row % 100 == 0 else { continue }
                for unusable in [Double.nan, .infinity, -.infinity, 1e101, -.greatestFiniteMagnitude] {
                    #expect(mixed.update(unusable) == .stable)
                }
                #expect(mixed == clean)
            }
            #expect(drifts > 0)
            // What is taken is never too large for the state.
            for value in [1e100, -1e100, 0, 1e-300] { for _ in 0..<50 { _ = mixed.update(value) } }
            #expect(throws: Never.self) { try JSONEncoder().encode(mixed) }
        }
        check(AdaptiveWindow())
        check(AdaptiveWindow(interval: 1))
        check(PageHinkley(tolerance: 0.05, threshold: 5))
    }

    @Test("After a change the suspicions tell its direction, until the next number")
    func direction() {
        for sign in [1.0, -1] {
            var test = PageHinkley(tolerance: 0.05, threshold: 5)
            let row = Self.steps.firstIndex { test.update(sign * $0) == .drift }
            #expect(row != nil && (sign > 0 ? test.rise > 5 && test.fall < 5 : test.fall > 5 && test.rise < 5))
            _ = test.update(0.5)
            #expect(test.rise == 0 && test.fall == 0 && test.count == 1)
        }
    }

    @Test("A warning comes before the drift of a predictor whose errors increase")
    func warnings() {
        func order<Detector: DriftDetector>(_ detector: Detector) -> [DriftVerdict]
        where Detector.Observation == Bool {
            var detector = detector
            let found = verdicts(&detector, Self.errors[800...])
            return found.firstIndex(of: .drift).map { [found[$0 - 1], found[$0]] } ?? []
        }
        #expect(order(DriftDetectionMethod()) == [.warning, .drift])
    }

    @Test("A rate and a mean distance are those of the predictions since the start")
    func readings() {
        var (method, early) = (DriftDetectionMethod(), EarlyDriftDetectionMethod())
        #expect(method.rate == 0 && early.meanDistance == 0)
        for row in 1...20 { (_, _) = (method.update(row % 5 == 0), early.update(row % 5 == 0)) }
        #expect(method.rate == 0.2 && method.count == 20 && early.meanDistance == 5)
    }
}
