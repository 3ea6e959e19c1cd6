internal import Schema

/// What the primary timeframe's indicators say after a bar.
///
/// A table rather than a record, so that it is coded exactly, `NaN` included.
struct Readings<Key: RawRepresentable & CaseIterable & Sendable>: Codable, Sendable, Equatable
where Key.RawValue == Int {
    private var values = ExactDoubles(values: Array(repeating: .nan, count: Key.allCases.count))

    var isWhole: Bool { values.values.count == Key.allCases.count }

    subscript(key: Key) -> Double {
        get { values.values[key.rawValue] }
        set { values.values[key.rawValue] = newValue }
    }
}

enum PrimaryReading: Int, CaseIterable, Sendable {
    case close, spread, momentum, relativeStrength, convergence, convergenceHistogram, stochastic, exponentialAverage
    case simpleAverage, trendStrength, plus, minus, trueRange, normalisedRange, percentB, bandWidth, volatilityShort
    case volatilityLong, volumeSurge, balanceSlope, resistance, support
}

/// All indicators of one instrument's primary timeframe.
struct PrimaryPanel: Codable, Sendable, Equatable {
    private(set) var readings = Readings<PrimaryReading>()
    /// Bars taken.
    private(set) var count = 0
    private(set) var momentum: RateOfChange
    private(set) var relativeStrength: RelativeStrengthIndex
    private(set) var convergence: MovingAverageConvergence
    private(set) var stochastic: StochasticOscillator
    private(set) var exponentialAverage: ExponentialMovingAverage
    private(set) var simpleAverage: SimpleMovingAverage
    private(set) var directional: DirectionalMovement
    private(set) var trueRange: AverageTrueRange
    private(set) var bollinger: BollingerBands
    private(set) var volatilityShort: RealisedVolatility
    private(set) var volatilityLong: RealisedVolatility
    private(set) var volumeSurge: VolumeSurge
    private(set) var balance: OnBalanceVolume
    private(set) var levels: DonchianChannel

    init(_ parameters: FeatureParameters, timeframe: Timeframe) {
        momentum = RateOfChange(length: parameters.momentum)
        relativeStrength = RelativeStrengthIndex(length: parameters.relativeStrength)
        convergence = MovingAverageConvergence(
            fast: parameters.convergenceFast, slow: parameters.convergenceSlow, signal: parameters.convergenceSignal)
        stochastic = StochasticOscillator(
            length: parameters.stochastic, k: parameters.stochasticSmoothing, d: parameters.stochasticSmoothing)
        exponentialAverage = ExponentialMovingAverage(length: parameters.exponentialAverage)
        simpleAverage = SimpleMovingAverage(length: parameters.simpleAverage)
        directional = DirectionalMovement(length: parameters.directionalMovement)
        trueRange = AverageTrueRange(length: parameters.trueRange)
        bollinger = BollingerBands(length: parameters.bollinger, deviations: parameters.bollingerDeviations)
        volatilityShort = RealisedVolatility(length: parameters.volatilityShort, perYear: timeframe.perYear)
        volatilityLong = RealisedVolatility(length: parameters.volatilityLong, perYear: timeframe.perYear)
        volumeSurge = VolumeSurge(length: parameters.volumeSurge)
        balance = OnBalanceVolume(slope: parameters.balanceSlope)
        levels = DonchianChannel(length: parameters.levels)
    }

    mutating func update(_ bar: Bar) {
        count += 1
        readings[.close] = bar.close
        readings[.spread] = bar.high - bar.low
        readings[.momentum] = momentum.update(bar.close)
        readings[.relativeStrength] = relativeStrength.update(bar.close)
        let lines = convergence.update(bar.close)
        readings[.convergence] = lines.difference
        readings[.convergenceHistogram] = lines.histogram
        readings[.stochastic] = stochastic.update(bar).k
        readings[.exponentialAverage] = exponentialAverage.update(bar.close)
        readings[.simpleAverage] = simpleAverage.update(bar.close)
        let movement = directional.update(bar)
        readings[.trendStrength] = movement.strength
        readings[.plus] = movement.plus
        readings[.minus] = movement.minus
        let range = trueRange.update(bar)
        readings[.trueRange] = range.average
        readings[.normalisedRange] = range.normalised
        let bands = bollinger.update(bar.close)
        // Bands that coincide have the close in their middle.
        readings[.percentB] = bands.reach == 0 ? 0.5 : bands.percentB
        readings[.bandWidth] = bands.width
        readings[.volatilityShort] = volatilityShort.update(bar.close)
        readings[.volatilityLong] = volatilityLong.update(bar.close)
        readings[.volumeSurge] = volumeSurge.update(bar.volume)
        readings[.balanceSlope] = balance.update(bar).slope
        let channel = levels.update(bar)
        readings[.resistance] = channel.resistanceDistance
        readings[.support] = channel.supportDistance
    }
}
