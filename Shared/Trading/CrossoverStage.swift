public import Pipeline
public import Schema

/// A strategy without a model: long while the fast average of the closes lies above the slow one, short while below.
///
/// Exponential averages with α = 2 / (n + 1), each begun with the mean of its first n closes. It says what a model says,
/// so the risk gate and the executor run behind it unchanged; its rule is sure of itself, hence probability 0 or 1 and
/// confidence 1. For benchmarks, for baselines, and for a pipeline that has no model yet.
public struct CrossoverStage: Stage {
    public struct Settings: Codable, Sendable, Hashable {
        /// The candles that it looks at.
        public var timeframe: Timeframe
        /// In candles.
        public var fast: Int
        /// In candles; more than ``fast``.
        public var slow: Int
        /// The length of the exponential average of squared returns, in candles.
        public var volatility: Int

        public init(timeframe: Timeframe = .minute1, fast: Int = 10, slow: Int = 20, volatility: Int = 100) {
            precondition(fast >= 1 && slow > fast && volatility >= 1, "1 ≤ fast < slow")
            self.timeframe = timeframe
            self.fast = fast
            self.slow = slow
            self.volatility = volatility
        }
    }

    /// What is known of one instrument.
    fileprivate struct Track: Codable, Sendable, Equatable {
        let instrument: Instrument
        var count = 0
        /// A sum of closes until there are as many as its length, an average from there on.
        var fast = 0.0
        var slow = 0.0
        var lastClose = 0.0
        /// The average of the squared returns.
        var variance = 0.0
    }

    /// The lengths and their averages' factors, worked out once.
    fileprivate struct Weights: Sendable {
        let fast: Int
        let slow: Int
        let fastFactor: Double
        let slowFactor: Double
        let varianceFactor: Double

        init(_ settings: Settings) {
            fast = settings.fast
            slow = settings.slow
            fastFactor = 2 / Double(settings.fast + 1)
            slowFactor = 2 / Double(settings.slow + 1)
            varianceFactor = 2 / Double(settings.volatility + 1)
        }
    }

    public struct State: Codable, Sendable, Equatable {
        private var tracks: [Track] = []

        @inline(__always)
        fileprivate mutating func update(with candle: Candle, weights: Weights) -> (gap: Double, variance: Double)? {
            var index = 0
            while index < tracks.count, tracks[index].instrument != candle.instrument { index += 1 }
            if index == tracks.count { tracks.append(Track(instrument: candle.instrument)) }
            return tracks[index].update(close: candle.close, weights: weights)
        }
    }

    public let settings: Settings
    /// The name under which it predicts, for example `ema-cross-10-20`.
    public let model: Name
    private let featureSet: FeatureSetID
    private let weights: Weights
    public private(set) var state = State()

    public init(_ settings: Settings = Settings()) {
        self.settings = settings
        weights = Weights(settings)
        model = Name("ema-cross-\(settings.fast)-\(settings.slow)")
        featureSet = FeatureSetID(UInt64(truncatingIfNeeded: StableHash.fnv1a(model.text)))
    }

    public mutating func restore(_ state: State) { self.state = state }

    public mutating func process(_ event: borrowing LentEvent, from input: Int, into outbox: inout Outbox) {
        guard case .candle(let candle) = event.message, candle.timeframe == settings.timeframe,
            let (gap, variance) = state.update(with: candle, weights: weights)
        else { return }
        outbox.emit(
            .prediction(
                Prediction(
                    model: model, role: .champion, instrument: candle.instrument, timeframe: candle.timeframe,
                    openTime: candle.openTime, asOf: candle.closeTime, featureSet: featureSet,
                    probability: gap > 0 ? 1 : gap < 0 ? 0 : 0.5, signal: gap > 0 ? 2 : gap < 0 ? -2 : 0,
                    confidence: gap == 0 ? 0 : 1, referencePrice: candle.close,
                    volatility: (variance * candle.timeframe.perYear).squareRoot())))
    }
}

extension CrossoverStage.Track {
    /// Takes a close.
    ///
    /// - Returns: Fast minus slow average and the variance of returns, once there are closes enough.
    @inline(__always)
    fileprivate mutating func update(
        close: Double, weights: CrossoverStage.Weights
    ) -> (gap: Double, variance: Double)? {
        count += 1
        Self.advance(&fast, by: close, count: count, length: weights.fast, factor: weights.fastFactor)
        Self.advance(&slow, by: close, count: count, length: weights.slow, factor: weights.slowFactor)
        if count > 1 {
            let change = close / lastClose - 1
            variance += (count == 2 ? 1 : weights.varianceFactor) * (change * change - variance)
        }
        lastClose = close
        return count >= weights.slow ? (fast - slow, variance) : nil
    }

    private static func advance(
        _ average: inout Double, by close: Double, count: Int, length: Int, factor: Double
    ) {
        if count <= length {
            average += close
            if count == length { average /= Double(length) }
        } else {
            average += factor * (close - average)
        }
    }
}
