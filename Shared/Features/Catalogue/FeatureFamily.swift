internal import Schema

/// A computation with parameters, and the features that it gives: one entry of the ``FeatureCatalogue``.
public struct FeatureFamily: Sendable {
    public enum Group: String, Sendable, CaseIterable {
        case trend, momentum, volatility, volume, price, calendar, regime, microstructure, flow, basket
        case crossTimeframe = "cross-timeframe"
    }

    /// What a bar costs.
    public enum Cost: String, Sendable {
        /// The same time whatever the parameters, on average over the bars.
        case constant = "O(1)"
        /// Time in proportion to the length.
        case length = "O(length)"
    }

    /// A number that the computation depends on.
    public struct Parameter: Sendable, Equatable {
        public let name: String
        /// What it is where a feature's name does not say.
        public let standard: Double
        /// Whether it counts something, such as bars: then it is a whole number of at least 1.
        public let isWhole: Bool
    }

    /// One feature of the family.
    public struct Output: Sendable, Equatable {
        /// Unique in the catalogue; lower-case words joined by hyphens.
        public let name: String
        /// What it says, with its unit and range.
        public let meaning: String
    }

    enum Computation: Sendable {
        /// An indicator over the bars of one timeframe, and over what happens between them where it observes that.
        case bars(observes: Bool, @Sendable (ParameterValues, Timeframe) -> any BarIndicator)
        /// An indicator over the primary bars of all instruments.
        case basket(@Sendable (ParameterValues) -> any BasketIndicator)
        /// A function of other features.
        case formula(Formula)
    }

    public let group: Group
    public let parameters: [Parameter]
    public let outputs: [Output]
    /// Where it is described: a paper, a book, or the library whose convention it follows.
    public let source: String
    public let cost: Cost
    /// Raised when the values change, so that old and new ones are never taken for the same.
    public let revision: Int
    /// Whether its features are `NaN`, also after their warm-up, where there is nothing of what they look at beside bars.
    let mayBeMissing: Bool
    /// Which parameters must be less than which, by their places: where a fast average must be shorter than a slow one.
    let rising: Range<Int>
    /// The least that a whole parameter may be.
    let minimum: Int
    let computation: Computation
}

/// A parameter's standard value: a whole literal counts something, one with a point is any number above zero.
enum StandardValue: ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral {
    case whole(Int)
    case decimal(Double)

    init(integerLiteral value: Int) { self = .whole(value) }
    init(floatLiteral value: Double) { self = .decimal(value) }
}

/// The values of a family's parameters, in its order.
struct ParameterValues: Sendable, Hashable {
    let numbers: [Double]

    /// A whole number, such as a length in bars.
    subscript(index: Int) -> Int { Int(numbers[index]) }
    /// Any number, such as a multiple.
    func number(_ index: Int) -> Double { numbers[index] }
}

/// A feature made of other features' newest values.
struct Formula: Sendable {
    /// The names of those others; without a timeframe, of the formula's own.
    let operands: @Sendable (ParameterValues, FormulaPlace) -> [String]
    let value: @Sendable (Operands) -> Double
}

/// Where a formula stands.
struct FormulaPlace: Sendable {
    /// Its own timeframe.
    let timeframe: Timeframe
    /// That of the feature set.
    let primary: Timeframe
    /// The longer ones of the feature set, shortest first.
    let higher: [Timeframe]
}
