import Foundation
import Schema
import Testing

@testable import Features

@Suite("Adaptive window")
struct AdaptiveWindowTests {
    /// What river 0.26.1 answers with `clock=1`.
    @Test(
        "From 0 to 1 it takes as many numbers as there, however short the window and its least part",
        arguments: [(20, 1, 67), (20, 5, 84), (20, 20, 330), (40, 20, 92), (300, 5, 311)])
    func delay(zeros: Int, leastPart: Int, row: Int) {
        var window = AdaptiveWindow(interval: 1, leastPart: leastPart)
        let stream = Array(repeating: 0.0, count: zeros) + Array(repeating: 1.0, count: 400)
        #expect(stream.firstIndex { window.update($0) == .drift } == row)
    }

    @Test(
        "The window's mean and variance are those of the numbers since the last change, and a change's means those of its two parts",
        arguments: [1, 2, 5])
    func window(bucketsPerRow: Int) {
        let base = 60_000.0
        func moments(_ values: ArraySlice<Double>) -> (mean: Double, variance: Double) {
            let mean = base + values.reduce(0) { $0 + ($1 - base) } / Double(values.count)
            return (mean, values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count))
        }
        func isClose(_ first: Double, _ second: Double) -> Bool { abs(first - second) < 1e-9 }
        var window = AdaptiveWindow(significance: 0.3, interval: 8, bucketsPerRow: bucketsPerRow)
        var random = SplitMix64(seed: 3)
        let values: [Double] = (0..<20_000).map { row in
            base + Double(row / 700 % 3) + Double(random.next() >> 11) / Double(1 << 53)
        }
        var (drifts, start) = (0, 0)
        for (row, value) in values.enumerated() {
            let verdict = window.update(value)
            #expect((verdict == .drift) == (window.change != nil))
            #expect(window.count == row + 1 - start)
            guard verdict == .drift || row % 7 == 0 else { continue }
            let whole = moments(values[start...row])
            #expect(isClose(window.mean, whole.mean) && isClose(window.variance, whole.variance))
            guard let change = window.change else { continue }
            let end = row + 1 - change.count
            #expect(isClose(change.before, moments(values[start..<end]).mean))
            #expect(isClose(change.after, moments(values[end...row]).mean))
            (drifts, start) = (drifts + 1, row + 1)
        }
        #expect(drifts > 10)
    }

    @Test("The change that is told is the one that there was, not any that is beyond the bound")
    func place() {
        var window = AdaptiveWindow(interval: 200)
        #expect(DriftDetectorTests.steps.firstIndex { window.update($0) == .drift } == 999)
        let change = window.change
        // To the length of a bucket.
        #expect(change.map { (84...116).contains($0.count) } == true, "\(change.map { "\($0)" } ?? "none")")
        #expect(change.map { abs($0.before - 0.2) < 0.02 && abs($0.after - 0.9) < 0.1 } == true)
    }

    @Test("A window over a hundred thousand numbers has a state of a few kilobytes")
    func size() throws {
        var window = AdaptiveWindow()
        var random = SplitMix64(seed: 4)
        for _ in 0..<100_000 { _ = window.update(Double(random.next() >> 11) / Double(1 << 53)) }
        #expect(window.count == 100_000)
        #expect(try JSONEncoder().encode(window).count < 6000)
    }
}
