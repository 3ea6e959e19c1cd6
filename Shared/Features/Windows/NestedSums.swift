/// The sums of the newest numbers of a series over three lengths, out of one window.
///
/// They are taken anew each time the window returns, as in ``RollingSum``.
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
        let displaced = window.push(value)
        short += value - window.displaced(from: shortLength)
        middle += value - window.displaced(from: middleLength)
        long += value - displaced.number
        if displaced.hasReturned {
            // Where it has returned it has been full.
            short = window.sum(ofNewest: shortLength)
            middle = window.sum(ofNewest: middleLength)
            long = window.sum(ofNewest: window.length)
        }
    }

    @inline(__always)
    mutating func hold() { window.hold() }
}
