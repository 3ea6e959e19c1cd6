public import Market
internal import Schema

extension CandleColumns {
    /// Which barrier is touched first after each row's close, and what a long position has won or lost then.
    ///
    /// A bar that touches both is taken to have touched the lower one first, unless it opened above the upper one: which
    /// came first is not known, and a loss is never counted as a win. The span ends with the bar of the touch. A row has no
    /// label when its volatility is not known, or when nothing was touched and the bar that ends at the vertical barrier is
    /// not there.
    ///
    /// - Parameters:
    ///   - barriers: Where they stand.
    ///   - volatility: Of each row, as a fraction of the close over the time that the caller thinks right, `nil` where it is
    ///     not known; needed for widths in ``TripleBarrier/Unit/volatility`` only.
    /// - Returns: In the order of the rows.
    public func barrierLabels(_ barriers: TripleBarrier, volatility: [Double?] = []) -> [Label<BarrierOutcome>] {
        precondition(barriers.unit == .fraction || volatility.count == count, "a volatility for each row")
        precondition(barriers.horizon.isMultiple(of: timeframe.nanoseconds), "a horizon of whole bars")
        return (0..<count).compactMap { row in
            switch barriers.unit {
            case .fraction: return barrierLabel(row, barriers, scale: 1)
            case .volatility:
                guard let scale = volatility[row], scale > 0, scale.isFinite else { return nil }
                return barrierLabel(row, barriers, scale: scale)
            }
        }
    }

    private func barrierLabel(_ row: Int, _ barriers: TripleBarrier, scale: Double) -> Label<BarrierOutcome>? {
        let entry = close[row]
        let above = barriers.upper.map { entry * (1 + $0 * scale) } ?? .infinity
        let below = barriers.lower.map { entry * (1 - $0 * scale) } ?? -.infinity
        let end = closeTime(row).advanced(by: barriers.horizon)
        var bar = row + 1
        while bar < count, closeTime(bar) <= end {
            let outcome: (barrier: BarrierOutcome.Barrier, price: Double)? =
                if open[bar] >= above {
                    (.upper, open[bar])
                } else if low[bar] <= below {
                    (.lower, min(below, open[bar]))
                } else if high[bar] >= above {
                    (.upper, above)
                } else if closeTime(bar) == end {
                    (.vertical, close[bar])
                } else {
                    nil
                }
            if let outcome {
                return Label(
                    row: row, span: LabelSpan(start: closeTime(row), end: closeTime(bar)),
                    value: BarrierOutcome(barrier: outcome.barrier, simpleReturn: outcome.price / entry - 1))
            }
            bar += 1
        }
        return nil
    }
}
