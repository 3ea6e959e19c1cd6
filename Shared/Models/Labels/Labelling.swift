public import Market
internal import Schema

/// What a model is asked of each row; every answer can be judged as up or down.
public enum Labelling: Sendable, Hashable {
    /// Whether the close is higher after `after` nanoseconds.
    case direction(after: Int64)
    /// How far the close has moved after `after` nanoseconds, in five classes.
    case moves(after: Int64, bounds: MoveBounds)
    /// Which barrier the price touches first.
    case barriers(TripleBarrier)

    /// The longest time that a label looks ahead, in nanoseconds.
    public var horizon: Int64 {
        switch self {
        case .direction(let horizon), .moves(let horizon, _): horizon
        case .barriers(let barriers): barriers.horizon
        }
    }

    /// Classes that are told apart: 2, down and up, or 5, in the order of ``MoveClass``.
    public var classes: Int {
        if case .moves = self { MoveClass.allCases.count } else { 2 }
    }

    /// What is to be said of a row.
    public struct Answer: Sendable, Hashable {
        /// In `0 ..< classes`.
        public let label: Int
        /// Whether the price was higher in the end.
        public let isUp: Bool
    }

    /// - Parameters:
    ///   - candles: Of one instrument.
    ///   - volatility: Of each row, annualised, as a fraction; `nil` where it is not known.
    /// - Returns: In the order of the rows.
    public func labels(of candles: CandleColumns, volatility: [Double?]) -> [Label<Answer>] {
        switch self {
        case .direction(let horizon):
            return candles.directionLabels(after: horizon).map { label in
                label.map { Answer(label: $0 ? 1 : 0, isUp: $0) }
            }
        case .moves(let horizon, let bounds):
            // Both are there for the same rows: those whose later close is.
            return zip(
                candles.moveLabels(after: horizon, bounds: bounds), candles.directionLabels(after: horizon)
            ).map { move, direction in
                move.map { Answer(label: $0.rawValue, isUp: direction.value) }
            }
        case .barriers(let barriers):
            // A width is a multiple of what the price moves until the vertical barrier.
            let share = (Double(barriers.horizon) / Self.year).squareRoot()
            return candles.barrierLabels(barriers, volatility: volatility.map { $0.map { $0 * share } }).map { label in
                label.map { outcome in
                    let isUp =
                        outcome.barrier == .vertical ? outcome.simpleReturn > 0 : outcome.barrier == .upper
                    return Answer(label: isUp ? 1 : 0, isUp: isUp)
                }
            }
        }
    }

    /// In nanoseconds, as volatility is annualised.
    private static let year = 365 * Double(Timeframe.day1.nanoseconds)
}

extension Label {
    func map<Other>(_ transform: (Value) -> Other) -> Label<Other> {
        Label<Other>(row: row, span: span, value: transform(value))
    }
}
