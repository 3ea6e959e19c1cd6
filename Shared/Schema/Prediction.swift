/// What one model version says about one instrument at the close of one candle.
public struct Prediction: Codable, Sendable, Hashable {
    public enum Role: String, Codable, Sendable, CaseIterable {
        /// The model that trades.
        case champion
        /// A model that is watched beside it.
        case shadow
    }

    /// What the log return stays below with a stated probability.
    public struct Quantile: Codable, Sendable, Hashable {
        /// The time ahead that it speaks of, in nanoseconds from ``asOf``.
        public let horizon: Int64
        /// The probability that the return lies below, in (0, 1).
        public let level: Double
        /// The natural logarithm of the price then over ``referencePrice``.
        public let logReturn: Double

        public init(horizon: Int64, level: Double, logReturn: Double) {
            (self.horizon, self.level, self.logReturn) = (horizon, level, logReturn)
        }
    }

    /// The model version.
    public let model: Name
    public let role: Role
    public let instrument: Instrument
    public let timeframe: Timeframe
    /// The open time of the candle at whose close the prediction was made.
    public let openTime: UnixNanos
    /// When it was knowable: the candle's close time.
    public let asOf: UnixNanos
    public let featureSet: FeatureSetID
    /// The probability, 0…1, that the next close lies above this one.
    public let probability: Double
    /// The strength, −2 (sell) … 2 (buy).
    public let signal: Double
    /// 0…1: the margin between the two outcomes, |2 · probability − 1|.
    public let confidence: Double
    /// The candle's close, in quote currency.
    public let referencePrice: Double
    /// Annualised realised volatility as a fraction, for sizing.
    public let volatility: Double
    /// The standard deviation of ``probability`` over passes with dropout (Gal & Ghahramani 2016, arXiv:1506.02142).
    ///
    /// `nil` from models that make none, and in messages of builds that knew none.
    public let uncertainty: Double?
    /// By horizon, then level; none from models that forecast none.
    public let quantiles: [Quantile]

    public init(
        model: Name, role: Role, instrument: Instrument, timeframe: Timeframe, openTime: UnixNanos, asOf: UnixNanos,
        featureSet: FeatureSetID, probability: Double, signal: Double, confidence: Double, referencePrice: Double,
        volatility: Double, uncertainty: Double? = nil, quantiles: [Quantile] = []
    ) {
        self.model = model
        self.role = role
        self.instrument = instrument
        self.timeframe = timeframe
        self.openTime = openTime
        self.asOf = asOf
        self.featureSet = featureSet
        self.probability = probability
        self.signal = signal
        self.confidence = confidence
        self.referencePrice = referencePrice
        self.volatility = volatility
        self.uncertainty = uncertainty
        self.quantiles = quantiles
    }
}
