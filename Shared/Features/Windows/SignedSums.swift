/// The sum of the newest numbers of a series, and that of their amounts, out of one window.
///
/// They are taken anew each time the window has gone round, as in ``RollingSum``.
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
        let displaced = window.push(value) ?? 0
        balance += value - displaced
        total += abs(value) - abs(displaced)
        guard window.next == 0 || abs(displaced) > 1e6 * total else { return }
        (balance, total) = (0, 0)
        window.forEach { value in
            balance += value
            total += abs(value)
        }
    }
}
