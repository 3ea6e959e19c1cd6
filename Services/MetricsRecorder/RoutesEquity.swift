internal import Schema

/// An equity curve that forgets detail but no extreme: it takes any number of accounts and keeps a bounded number of points.
///
/// Peak and deepest drawdown are those of every account that was added, since each kept point carries the deepest
/// drawdown of the accounts that it stands for.
struct EquityCurve: Sendable, Equatable {
    /// Points kept; when they are full, each two become one.
    let capacity: Int
    private(set) var points: [EquityPoint] = []
    private(set) var start: Double?
    private(set) var latest: Double?
    /// 0…1, as a fraction of the peak.
    private(set) var drawdown = 0.0
    private(set) var maximumDrawdown = 0.0
    private var peak = 0.0
    /// Accounts that a point stands for, and those that the last point stands for so far.
    private var stride = 1
    private var filled = 0

    /// - Parameter capacity: Even, at least 2.
    init(capacity: Int = 8192) {
        precondition(capacity >= 2 && capacity % 2 == 0, "capacity is even and at least 2")
        self.capacity = capacity
    }

    /// Adds the next account; `equity` in quote currency.
    mutating func add(time: UnixNanos, equity: Double) {
        start = start ?? equity
        latest = equity
        peak = max(peak, equity)
        drawdown = peak > 0 ? max(0, 1 - equity / peak) : 0
        maximumDrawdown = max(maximumDrawdown, drawdown)
        let point = EquityPoint(time: time.milliseconds, equity: equity, drawdown: drawdown)
        if filled == stride || points.isEmpty {
            if points.count == capacity {
                points = Self.merged(points, by: 2)
                stride *= 2
            }
            points.append(point)
            filled = 1
        } else {
            points[points.count - 1] = Self.merge(points[points.count - 1], point)
            filled += 1
        }
    }

    /// The curve with at most `limit` points, of which the last is the latest account.
    func thinned(to limit: Int) -> [EquityPoint] {
        precondition(limit > 0, "at least one point")
        return Self.merged(points, by: (points.count + limit - 1) / limit)
    }

    private static func merged(_ points: [EquityPoint], by size: Int) -> [EquityPoint] {
        guard size > 1 else { return points }
        return Swift.stride(from: 0, to: points.count, by: size).map { first in
            points[first..<min(first + size, points.count)].dropFirst().reduce(points[first], merge)
        }
    }

    /// The later of two, with the deeper drawdown.
    private static func merge(_ earlier: EquityPoint, _ later: EquityPoint) -> EquityPoint {
        EquityPoint(
            time: later.time, equity: later.equity, drawdown: max(earlier.drawdown, later.drawdown))
    }
}
