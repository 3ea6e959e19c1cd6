#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// A window over a series that grows while the mean stays, until an older part of it has another mean than the newer one: ADWIN.
///
/// A. Bifet and R. Gavaldà, "Learning from Time-Changing Data with Adaptive Windowing", SIAM 2007, in its second form: the
/// window is an exponential histogram, so that a number costs time and memory in proportion to the logarithm of the window's
/// length. The bound takes numbers of the size of 1; smaller ones must be scaled up to be told apart. Buckets and tests are
/// as in river 0.26; as there, the window starts anew after a change, where the paper keeps the newer part.
public struct AdaptiveWindow: DriftDetector {
    /// A moment between two parts of the window whose means differ.
    public struct Change: Codable, Sendable, Equatable {
        /// The mean of the part before it.
        public let before: Double
        /// The mean of the part after it.
        public let after: Double
        /// Numbers in the part after it.
        public let count: Int
    }

    private let significance: Double
    private let interval: Int
    private let bucketsPerRow: Int
    private let leastPart: Double
    private let leastCount: Int
    /// Sums of buckets, oldest first: in the first row of one number each, in every other of twice as many as in that before.
    private var rows: [ExactDoubles] = []
    /// The first number.
    ///
    /// Sums are kept of the differences to it, so that equal numbers give exactly zero, however large.
    private var origin = 0.0
    private var total = 0.0
    /// The sum of the squared distances to the mean.
    private var squares = 0.0

    /// What the newest number made certain: of all changes beyond the bound the one that is farthest beyond; `nil` when there
    /// is none.
    public private(set) var change: Change?
    /// Numbers in the window.
    public private(set) var count = 0

    /// - Parameters:
    ///   - significance: The share of false alarms that is put up with, above 0 and below 1.
    ///   - interval: Numbers from one test to the next.
    ///   - bucketsPerRow: Of each size so many buckets are kept; with one more, the two oldest become one of the next size.
    ///   - leastPart: Numbers that each part has at least when two parts are compared.
    ///   - leastCount: Nothing is tested until the window has more numbers.
    public init(
        significance: Double = 0.002, interval: Int = 32, bucketsPerRow: Int = 5, leastPart: Int = 5,
        leastCount: Int = 10
    ) {
        precondition(significance > 0 && significance < 1, "a significance lies between 0 and 1")
        precondition(interval > 0 && bucketsPerRow > 0 && leastPart > 0 && leastCount >= 0, "counts begin at 1")
        self.significance = significance
        self.interval = interval
        self.bucketsPerRow = bucketsPerRow
        self.leastPart = Double(leastPart)
        self.leastCount = leastCount
    }

    /// The mean of the window; 0 while it is empty.
    public var mean: Double { count > 0 ? origin + total / Double(count) : 0 }

    /// The variance over the window; 0 while it is empty.
    public var variance: Double { count > 0 ? max(0, squares) / Double(count) : 0 }

    public mutating func update(_ value: Double) -> DriftVerdict {
        guard value.isObservable else { return .stable }
        if change != nil { (rows, total, squares, count, change) = ([], 0, 0, 0, nil) }
        if count == 0 { origin = value }
        insert(value - origin)
        guard count % interval == 0, count > leastCount else { return .stable }
        change = strongestChange
        return change == nil ? .stable : .drift
    }

    private mutating func insert(_ value: Double) {
        if count > 0 {
            let distance = value - total / Double(count)
            squares += distance * distance * Double(count) / Double(count + 1)
        }
        total += value
        count += 1
        if rows.isEmpty { rows.append(ExactDoubles(values: [])) }
        rows[0].values.append(value)
        var row = 0
        while rows[row].values.count > bucketsPerRow {
            let merged = rows[row].values.removeFirst() + rows[row].values.removeFirst()
            row += 1
            if row == rows.count { rows.append(ExactDoubles(values: [])) }
            rows[row].values.append(merged)
        }
    }

    private var strongestChange: Change? {
        var (strongest, change): (Double, Change?) = (1, nil)
        var (older, olderTotal) = (0.0, 0.0)
        for row in rows.indices.reversed() {
            for bucket in rows[row].values {
                older += Double(1 << row)
                olderTotal += bucket
                let newer = Double(count) - older
                guard older >= leastPart, newer >= leastPart else { continue }
                let (before, after) = (olderTotal / older, (total - olderTotal) / newer)
                let strength = (before - after).magnitude / bound(older, newer)
                guard strength > strongest else { continue }
                strongest = strength
                change = Change(before: origin + before, after: origin + after, count: Int(newer))
            }
        }
        return change
    }

    /// How far the means of two parts may lie apart by chance.
    private func bound(_ older: Double, _ newer: Double) -> Double {
        let confidence = log(2 * log(Double(count)) / significance)
        let inverse = 1 / (older - leastPart + 1) + 1 / (newer - leastPart + 1)
        return (2 * inverse * variance * confidence).squareRoot() + 2.0 / 3 * confidence * inverse
    }
}
