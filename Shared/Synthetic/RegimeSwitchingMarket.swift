public import Schema

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// A made-up market of several instruments, drawn from a seed.
///
/// * Regimes follow each other by a Markov chain, the same for all instruments: Hamilton, Econometrica 57, 1989.
/// * Within a regime, volatility clusters: GARCH(1,1), Bollerslev, Journal of Econometrics 31, 1986.
/// * Returns have heavy tails: Student's t, as a normal with random scale.
/// * Instruments move together through a common factor.
/// * Each candle is the outline of a path of finer steps on the price grid, so that its four prices agree.
/// * Volume rises with the size of the move and the volatility.
///
/// An instrument's candles depend on the seed, the settings, its own entry and its name, but not on which others there
/// are. The market is a value: a decoded copy goes on exactly where the encoded one stood.
public struct RegimeSwitchingMarket: Codable, Sendable, Equatable {
    public struct Settings: Codable, Sendable, Hashable {
        public var instruments: [SyntheticInstrument]
        public var timeframe: Timeframe
        /// The first candle's open time; aligned to the timeframe.
        public var start: UnixNanos
        /// In the order of ``Regime``.
        public var regimes: [RegimeProfile] = [
            RegimeProfile(drift: 0.15, volatility: 0.30, meanHours: 200),
            RegimeProfile(drift: 0.25, volatility: 0.60, meanHours: 120),
            RegimeProfile(drift: -0.40, volatility: 1.20, meanHours: 40),
        ]
        /// Weight of the newest squared shock in the next bar's variance.
        public var shockWeight = 0.10
        /// Weight of the variance itself; with ``shockWeight`` below one.
        public var persistence = 0.85
        /// Of the shocks' Student's t distribution: even, above 2; fewer mean heavier tails.
        public var degreesOfFreedom = 4
        /// Finer steps of a candle's path.
        public var steps = 16

        public init(instruments: [SyntheticInstrument], timeframe: Timeframe, start: UnixNanos) {
            self.instruments = instruments
            self.timeframe = timeframe
            self.start = start
        }
    }

    /// The movement that all instruments share in a bar.
    private struct Common {
        let steps: [Double]
        let profile: RegimeProfile
    }

    private struct Track: Codable, Sendable, Equatable {
        var random: RandomNumbers
        /// Natural logarithm of the price before it is put on the grid.
        var logPrice: Double
        /// The last price on the grid.
        var price: Double
        /// The bar's variance as a multiple of the regime's.
        var variance = 1.0
    }

    public let settings: Settings
    public let seed: UInt64
    /// Candles made so far of each instrument.
    public private(set) var count = 0
    /// The regime of the newest candles.
    public private(set) var regime = Regime.normal
    private var random: RandomNumbers
    private var tracks: [Track]

    public init(_ settings: Settings, seed: UInt64) {
        precondition(settings.regimes.count == Regime.allCases.count, "one profile for each regime")
        precondition(settings.shockWeight >= 0 && settings.persistence >= 0, "weights are not negative")
        precondition(settings.shockWeight + settings.persistence < 1, "the variance must return to its mean")
        precondition(settings.steps > 0, "a path has a step")
        precondition(
            settings.timeframe.openTime(containing: settings.start) == settings.start, "the start must be aligned")
        self.settings = settings
        self.seed = seed
        random = RandomNumbers(seed: seed)
        tracks = settings.instruments.map { instrument in
            // FNV-1a of the name gives each instrument a stream of its own.
            var hash: UInt64 = 0xCBF2_9CE4_8422_2325
            for byte in instrument.instrument.name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
            let price = Self.onGrid(instrument.price, step: instrument.tick)
            return Track(random: RandomNumbers(seed: seed ^ hash), logPrice: log(price), price: price)
        }
    }

    /// The open time of the candles that come next.
    public var nextOpenTime: UnixNanos {
        settings.start.advanced(by: Int64(count) * settings.timeframe.nanoseconds)
    }

    /// The next candle of every instrument, in the settings' order.
    public mutating func next() -> [Candle] {
        let openTime = nextOpenTime
        let hours = Double(settings.timeframe.minutes) / 60
        changeRegime(hours: hours)
        let scale = random.studentScale(degreesOfFreedom: settings.degreesOfFreedom)
        let common = Common(
            steps: (0..<settings.steps).map { _ in scale * random.normal() },
            profile: settings.regimes[regime.rawValue])
        count += 1
        return settings.instruments.indices.map { candle($0, common: common, openTime: openTime, hours: hours) }
    }

    /// Leaves the regime with a probability that gives its mean length; a turbulent one is reached from a normal one only.
    private mutating func changeRegime(hours: Double) {
        let (leave, way) = (random.uniform(), random.uniform())
        guard leave < 1 - exp(-hours / settings.regimes[regime.rawValue].meanHours) else { return }
        switch regime {
        case .calm, .turbulent: regime = .normal
        case .normal: regime = way < 0.6 ? .calm : .turbulent
        }
    }

    private mutating func candle(_ index: Int, common: Common, openTime: UnixNanos, hours: Double) -> Candle {
        let entry = settings.instruments[index]
        let years = hours / (365 * 24)
        let ownScale = tracks[index].random.studentScale(degreesOfFreedom: settings.degreesOfFreedom)
        let regimeVolatility = common.profile.volatility * entry.volatilityScale * years.squareRoot()
        let volatility = regimeVolatility * tracks[index].variance.squareRoot()
        let steps = Double(settings.steps)
        let drift = (common.profile.drift * years - volatility * volatility / 2) / steps
        let open = tracks[index].price
        var (high, low, close) = (open, open, open)
        var shock = 0.0
        for step in common.steps {
            let own = ownScale * tracks[index].random.normal()
            // Of variance 1 over the whole bar.
            let mixed =
                (entry.commonShare.squareRoot() * step + (1 - entry.commonShare).squareRoot() * own)
                / steps.squareRoot()
            shock += mixed
            // No step may more than halve or double the price: prices stay above zero and finite.
            tracks[index].logPrice += max(-0.7, min(0.7, drift + volatility * mixed))
            close = Self.onGrid(exp(tracks[index].logPrice), step: entry.tick)
            high = max(high, close)
            low = min(low, close)
        }
        // Prices in a range that a double holds with all ticks, however long the market runs.
        tracks[index].logPrice = max(log(entry.tick), min(log(entry.tick) + 34, tracks[index].logPrice))
        tracks[index].price = close
        let surprise = min(shock * shock, 25)
        tracks[index].variance =
            (1 - settings.shockWeight - settings.persistence)
            + (settings.shockWeight * surprise + settings.persistence) * tracks[index].variance
        let activity = exp(0.4 * tracks[index].random.normal() - 0.08)
        let size =
            (0.5 + 0.5 * abs(shock))
            * (volatility
            / (settings.regimes[Regime.normal.rawValue].volatility
                * entry.volatilityScale * years.squareRoot()))
            .squareRoot()
        let volume = Self.onGrid(entry.hourlyVolume * hours * activity * size, step: entry.lot)
        do {
            return try Candle(
                instrument: entry.instrument, timeframe: settings.timeframe, openTime: openTime, open: open, high: high,
                low: low, close: close, volume: volume, source: .synthetic)
        } catch {
            // High and low are extremes of the path, which begins at the open, ends at the close and stays above zero.
            preconditionFailure("a path made an invalid candle: \(error)")
        }
    }

    /// The multiple of `step` nearest to a value, and at least one step.
    ///
    /// Steps such as 0.01 are not exact in binary: the multiple is divided by the step's inverse where that is whole, so
    /// that the price prints as a decimal of few places.
    private static func onGrid(_ value: Double, step: Double) -> Double {
        let inverse = (1 / step).rounded()
        if step < 1, abs(inverse * step - 1) < 1e-9 { return max(1, (value * inverse).rounded()) / inverse }
        return max(1, (value / step).rounded()) * step
    }
}
