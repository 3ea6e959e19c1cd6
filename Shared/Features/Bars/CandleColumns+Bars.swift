public import Market
internal import Schema

extension CandleColumns {
    /// The row's numbers.
    @inline(__always)
    public func bar(_ row: Int) -> Bar {
        Bar(
            openTime: openTimes[row], open: open[row], high: high[row], low: low[row], close: close[row],
            volume: volume[row])
    }

    /// Lends the rows where they lie, for loops over all of them.
    @inline(__always)
    func withBars<Result>(_ body: (LentBars) throws -> Result) rethrows -> Result {
        try openTimes.withUnsafeBufferPointer { openTimes in
            try open.withUnsafeBufferPointer { open in
                try high.withUnsafeBufferPointer { high in
                    try low.withUnsafeBufferPointer { low in
                        try close.withUnsafeBufferPointer { close in
                            try volume.withUnsafeBufferPointer { volume in
                                try body(
                                    LentBars(
                                        openTimes: openTimes, open: open, high: high, low: low, close: close,
                                        volume: volume))
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Bars where they lie in columns, as long as those are lent.
struct LentBars {
    // All as long as each other, as columns are.
    fileprivate let openTimes: UnsafeBufferPointer<UnixNanos>
    fileprivate let open: UnsafeBufferPointer<Double>
    fileprivate let high: UnsafeBufferPointer<Double>
    fileprivate let low: UnsafeBufferPointer<Double>
    fileprivate let close: UnsafeBufferPointer<Double>
    fileprivate let volume: UnsafeBufferPointer<Double>

    var count: Int { openTimes.count }

    /// The row, which must be one of them: what an indicator does not look at is not read.
    @inline(__always)
    subscript(row: Int) -> Bar {
        Bar(
            openTime: openTimes[row], open: open[row], high: high[row], low: low[row], close: close[row],
            volume: volume[row])
    }
}
