/// The sum of the newest numbers of a series.
///
/// Adding what comes and subtracting what goes gathers rounding errors. So the sum is taken anew each time the window
/// returns, which costs at most one addition more for each number, and whenever what is left is small beside what has gone.
struct RollingSum: Codable, Sendable, Equatable {
    private var window: RollingWindow
    private var total = 0.0

    init(_ length: Int) { window = RollingWindow(length) }

    var isFull: Bool { window.isFull }
    var length: Int { window.length }
    /// The sum of the numbers in the window.
    var sum: Double { total }
    /// The mean of a full window, `NaN` before.
    var mean: Double { window.isFull ? total / Double(window.length) : .nan }

    @inline(__always)
    mutating func push(_ value: Double) {
        let displaced = window.push(value)
        total += value - displaced.number
        guard displaced.hasReturned || abs(displaced.number) > 1e6 * abs(total) else { return }
        var exact = 0.0
        window.forEach { exact += $0 }
        total = exact
    }

    @inline(__always)
    mutating func hold() { window.hold() }
}
