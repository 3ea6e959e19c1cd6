/// Watches the errors of a predictor for a rise of their rate over the best one that it has had: DDM.
///
/// J. Gama and others, "Learning with Drift Detection", SBIA 2004. An observation is whether a prediction was wrong.
public struct DriftDetectionMethod: DriftDetector {
    private let leastCount: Int
    private let warning: Double
    private let drift: Double
    private var errors = 0
    private var lowestRate = 0.0
    private var lowestDeviation = 0.0
    private var hasDrifted = false

    /// Predictions since the start, or since the last change.
    public private(set) var count = 0

    /// - Parameters:
    ///   - leastCount: Predictions that are only counted; the next one is tested.
    ///   - warning: Deviations above the lowest rate at which a warning begins.
    ///   - drift: Deviations above the lowest rate at which the predictor no longer fits.
    public init(leastCount: Int = 30, warning: Double = 2, drift: Double = 3) {
        precondition(leastCount >= 0 && warning > 0 && drift >= warning, "a warning comes before a drift")
        self.leastCount = leastCount
        self.warning = warning
        self.drift = drift
    }

    /// The share of the predictions that were wrong, 0…1.
    public var rate: Double { count > 0 ? Double(errors) / Double(count) : 0 }

    public mutating func update(_ isError: Bool) -> DriftVerdict {
        if hasDrifted { (errors, count, hasDrifted) = (0, 0, false) }
        count += 1
        if isError { errors += 1 }
        guard count > leastCount else { return .stable }
        let rate = rate
        let deviation = (rate * (1 - rate) / Double(count)).squareRoot()
        if count == leastCount + 1 || rate + deviation <= lowestRate + lowestDeviation {
            (lowestRate, lowestDeviation) = (rate, deviation)
        }
        hasDrifted = rate + deviation > lowestRate + drift * lowestDeviation
        if hasDrifted { return .drift }
        return rate + deviation > lowestRate + warning * lowestDeviation ? .warning : .stable
    }
}
