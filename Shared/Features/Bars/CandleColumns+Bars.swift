public import Market

extension CandleColumns {
    /// The row's numbers.
    @inline(__always)
    public func bar(_ row: Int) -> Bar {
        Bar(
            openTime: openTimes[row], open: open[row], high: high[row], low: low[row], close: close[row],
            volume: volume[row])
    }
}
