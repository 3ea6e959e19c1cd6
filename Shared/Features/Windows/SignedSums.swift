/// The sum of the newest numbers of a series, and that of their amounts, out of one window.
///
/// They are taken anew each time the window returns, as in ``RollingSum``.
struct SignedSums: Codable, Sendable, Equatable {
    private var window: RollingWindow
    /// The sum of the numbers.
    private(set) var balance = 0.0
    /// The sum of their amounts.
    private(set) var total = 0.0

    init(_ length: Int) { window = RollingWindow(length) }

    var isFull: Bool { window.isFull }
    var length: Int { window.length }

    @inline(__always)
    mutating func push(_ value: Double) {
        let displaced = window.push(value)
        balance += value - displaced.number
        total += abs(value) - abs(displaced.number)
        guard displaced.hasReturned || abs(displaced.number) > 1e6 * total else { return }
        var (newBalance, newTotal) = (0.0, 0.0)
        window.forEach { value in
            newBalance += value
            newTotal += abs(value)
        }
        (balance, total) = (newBalance, newTotal)
    }

    @inline(__always)
    mutating func hold() { window.hold() }
}
