/// The sums of the newest numbers of a series over three lengths, out of one window.
///
/// They are taken anew each time the window has gone round, as in ``RollingSum``.
struct NestedSums: Codable, Sendable, Equatable {
    private let shortLength: Int
    private let middleLength: Int
    private var window: RollingWindow
    private(set) var short = 0.0
    private(set) var middle = 0.0
    private(set) var long = 0.0

    init(_ short: Int, _ middle: Int, _ long: Int) {
        precondition(short < middle && middle < long, "the lengths must rise")
        shortLength = short
        middleLength = middle
        window = RollingWindow(long)
    }

    var length: Int { window.length }
    var isFull: Bool { window.isFull }

    @inline(__always)
    mutating func push(_ value: Double) {
        // Before it is full, a window has the numbers that leave the shorter sums none the less.
        if window.count >= shortLength { short -= window.recent(shortLength - 1) }
        if window.count >= middleLength { middle -= window.recent(middleLength - 1) }
        long += value - (window.push(value) ?? 0)
        short += value
        middle += value
        if window.next == 0 { takeAnew() }
    }

    private mutating func takeAnew() {
        (short, middle, long) = (0, 0, 0)
        for age in 0..<length {
            let value = window.recent(age)
            long += value
            if age < middleLength { middle += value }
            if age < shortLength { short += value }
        }
    }
}
