import Foundation
import Schema
import Testing

@testable import Features

@Suite("Rolling windows")
struct WindowTests {
    /// Values whose size changes wildly, so that careless sums would lose their digits.
    func values(_ count: Int, seed: UInt64) -> [Double] {
        var random = SplitMix64(seed: seed)
        return (0..<count).map { index in
            let unit = Double(random.next() >> 11) / Double(1 << 53)
            return index % 97 == 13 ? unit * 1e9 : 50_000 + unit
        }
    }

    @Test("Sum and moments stay those of the window itself over 200,000 steps", arguments: [2, 20, 100])
    func drift(length: Int) {
        let values = values(200_000, seed: 5)
        var sum = RollingSum(length)
        var moments = RollingMoments(length)
        var (sumError, varianceError) = (0.0, 0.0)
        for (index, value) in values.enumerated() {
            sum.push(value)
            moments.push(value)
            guard index >= length, index % 7 == 0 else { continue }
            let window = values[(index - length + 1)...index]
            let mean = window.reduce(0, +) / Double(length)
            let variance = window.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(length)
            sumError = max(sumError, abs(sum.mean - mean) / mean)
            varianceError = max(varianceError, abs(moments.variance - variance) / variance)
        }
        #expect(sumError < 1e-9)
        #expect(varianceError < 1e-6)
    }

    @Test("Small numbers after a huge one have their own sum at once, and rounding does not gather")
    func sums() {
        var sum = RollingSum(10)
        sum.push(1e18)
        for _ in 0..<10 { sum.push(0.25) }
        #expect(sum.sum == 2.5)
        var random = SplitMix64(seed: 9)
        let values = (0..<300_000).map { _ in Double(random.next() >> 11) / 1e9 }
        var worst = 0.0
        for (index, value) in values.enumerated() {
            sum.push(value)
            guard index > 250_000, index % 11 == 0 else { continue }
            let exact = values[(index - 9)...index].reduce(0, +)
            worst = max(worst, abs(sum.sum - exact) / exact)
        }
        #expect(worst < 4e-15)
    }

    @Test("Prices that lie close together keep their variance")
    func closePrices() {
        var random = SplitMix64(seed: 6)
        let values = (0..<10_000).map { _ in 60_000 + Double(random.next() % 1000) / 1e4 }
        var moments = RollingMoments(20)
        var worst = 0.0
        for (index, value) in values.enumerated() {
            moments.push(value)
            guard index >= 19 else { continue }
            let window = values[(index - 19)...index].map { $0 - 60_000 }
            let mean = window.reduce(0, +) / 20
            let variance = window.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 20
            worst = max(worst, abs(moments.variance - variance) / variance)
        }
        #expect(worst < 1e-9)
    }

    @Test("Equal numbers have no variance at all, also after unequal ones")
    func flat() {
        var moments = RollingMoments(20)
        for value in values(50, seed: 1) { moments.push(value) }
        for _ in 0..<40 { moments.push(123.456) }
        #expect(moments.variance == 0)
        #expect(moments.mean == 123.456)
    }

    @Test(
        "The range is the window's highest and lowest number at every step, and its age the latest one's",
        arguments: [1, 2, 7, 50])
    func range(length: Int) {
        var random = SplitMix64(seed: UInt64(length))
        let values = (0..<3000).map { _ in (high: Double(random.next() % 40), low: -Double(random.next() % 40)) }
        var range = RollingRange(length)
        var age = RollingRangeAge(length)
        var failures = 0
        for (index, value) in values.enumerated() {
            range.push(high: value.high, low: value.low)
            age.push(high: value.high, low: value.low)
            let window = values[max(0, index - length + 1)...index]
            let (highest, lowest) = (window.map(\.high).max()!, window.map(\.low).min()!)
            if range.highest != highest || range.lowest != lowest { failures += 1 }
            if age.ageOfHighest != index - window.lastIndex(where: { $0.high == highest })! { failures += 1 }
            if age.ageOfLowest != index - window.lastIndex(where: { $0.low == lowest })! { failures += 1 }
            if range.isFull != (index + 1 >= length) || age.isFull != range.isFull { failures += 1 }
        }
        #expect(failures == 0)
    }

    @Test("Sums of several lengths, and of signs and amounts, stay those of the window itself", arguments: [3, 10])
    func sums(short: Int) {
        let values = values(50_000, seed: 8).enumerated().map { $0 % 3 == 0 ? -$1 : $1 }
        var nested = NestedSums(short, 2 * short, 5 * short)
        var signed = SignedSums(short)
        var worst = 0.0
        for (index, value) in values.enumerated() {
            nested.push(value)
            signed.push(value)
            guard index >= 5 * short, index % 13 == 0 else { continue }
            func window(_ length: Int) -> ArraySlice<Double> { values[(index - length + 1)...index] }
            func error(_ sum: Double, _ window: ArraySlice<Double>) -> Double {
                abs(sum - window.reduce(0, +)) / window.reduce(0) { $0 + abs($1) }
            }
            worst = max(worst, error(nested.short, window(short)), error(nested.middle, window(2 * short)))
            worst = max(worst, error(nested.long, window(5 * short)), error(signed.balance, window(short)))
            worst = max(worst, error(signed.total, window(short).map(abs)[...]))
        }
        #expect(worst < 1e-9)
    }

    @Test("A copy goes its own way, and leaves the first as it was", arguments: [1, 3, 20])
    func copies(length: Int) {
        let values = values(500, seed: 4)
        var window = RollingWindow(length)
        var range = RollingRangeAge(length)
        for value in values {
            var (copy, rangeCopy) = (window, range)
            for other in 0..<5 {
                copy.push(Double(other))
                rangeCopy.push(high: Double(other) * 1e12, low: -1e12)
            }
            window.push(value)
            range.push(high: value, low: value)
        }
        let newest = values.suffix(length)
        #expect((0..<length).map { window.recent(length - 1 - $0) } == Array(newest))
        let highest = newest.max()!
        #expect(range.ageOfHighest == newest.endIndex - 1 - newest.lastIndex(of: highest)!)
    }

    @Test("A window that is coded at any step goes on as if it had not been", arguments: [1, 3, 40])
    func coding(length: Int) throws {
        var window = RollingWindow(length)
        var coded = window
        for value in values(4 * length + 150, seed: 2) {
            coded = try JSONDecoder().decode(RollingWindow.self, from: try JSONEncoder().encode(coded))
            let (first, second) = (window.push(value), coded.push(value))
            #expect(first.number == second.number && first.isThere == second.isThere)
            #expect(first.hasReturned == second.hasReturned && window == coded)
        }
    }

    @Test(
        "What is no window is not decoded",
        arguments: [
            "{\"length\":0,\"next\":0,\"numbers\":\"\"}", "{\"length\":2,\"next\":99,\"numbers\":\"\"}",
            "{\"length\":2,\"next\":3,\"numbers\":\"\"}", "{\"length\":-1,\"next\":-1,\"numbers\":\"\"}",
            "{\"length\":1,\"next\":3,\"numbers\":\"00000000000000000000000000000000\"}",
            "{\"length\":9000000000000000,\"next\":9000000000000000,\"numbers\":\"\"}",
        ])
    func broken(text: String) {
        #expect(throws: DecodingError.self) { try JSONDecoder().decode(RollingWindow.self, from: Data(text.utf8)) }
    }

    @Test("Extremes whose memory is not of their length's size, or whose place lies beside it, are not decoded")
    func brokenExtremes() throws {
        func refuses<Window: Codable>(_ window: Window, _ field: String, _ value: Int) throws {
            let coded = try JSONSerialization.jsonObject(with: JSONEncoder().encode(window)) as? [String: Any]
            var damaged = try #require(coded)
            _ = try JSONDecoder().decode(Window.self, from: JSONSerialization.data(withJSONObject: damaged))
            damaged[field] = value
            let data = try JSONSerialization.data(withJSONObject: damaged)
            #expect(throws: DecodingError.self) { try JSONDecoder().decode(Window.self, from: data) }
        }
        for (field, value) in [("length", 4), ("length", 2), ("length", 0), ("next", 3), ("next", -1)] {
            try refuses(RollingRange(3), field, value)
            try refuses(RollingRangeAge(3), field, value)
        }
    }

    @Test("Coded numbers are the same bits, whatever they are")
    func exactCoding() throws {
        let values = [0, -0.0, 1 / 3, .nan, .infinity, -.infinity, .leastNonzeroMagnitude, -.greatestFiniteMagnitude]
        let coded = try JSONEncoder().encode(["x": ExactDoubles(values: values)])
        let decoded = try #require(try JSONDecoder().decode([String: ExactDoubles].self, from: coded)["x"])
        #expect(decoded.values.map(\.bitPattern) == values.map(\.bitPattern))
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode([String: ExactDoubles].self, from: Data("{\"x\":\"00\"}".utf8))
        }
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode([String: ExactDoubles].self, from: Data("{\"x\":\"000000000000000g\"}".utf8))
        }
    }
}
