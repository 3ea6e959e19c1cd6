/// Watches the errors of a predictor for coming closer together: EDDM.
///
/// M. Baena-García and others, "Early Drift Detection Method", 2006. An observation is whether a prediction was wrong. Only
/// errors are tested; a warning stays until one of them ends it, as in river 0.26.
public struct EarlyDriftDetectionMethod: DriftDetector {
    private let leastErrors: Int
    private let warning: Double
    private let drift: Double
    private var errors = 0
    private var count = 0
    private var lastError = 0
    private var mean = 0.0
    /// The sum of the squared distances to the mean.
    private var squares = 0.0
    private var widest = 0.0
    private var verdict = DriftVerdict.stable

    /// - Parameters:
    ///   - leastErrors: Errors that are only counted; the next one is tested.
    ///   - warning: The share of the widest spacing, 0…1, below which a warning begins.
    ///   - drift: The share of the widest spacing, 0…1, below which the predictor no longer fits.
    public init(leastErrors: Int = 30, warning: Double = 0.95, drift: Double = 0.9) {
        precondition(leastErrors > 0 && drift > 0 && warning >= drift, "a warning comes before a drift")
        self.leastErrors = leastErrors
        self.warning = warning
        self.drift = drift
    }

    /// Mean number of predictions from one error to the next; 0 before the first error.
    public var meanDistance: Double { mean }

    public mutating func update(_ isError: Bool) -> DriftVerdict {
        if verdict == .drift { self = Self(leastErrors: leastErrors, warning: warning, drift: drift) }
        count += 1
        guard isError else { return verdict }
        errors += 1
        let distance = Double(count - lastError)
        lastError = count
        let fromOldMean = distance - mean
        mean += fromOldMean / Double(errors)
        squares += fromOldMean * (distance - mean)
        guard count > leastErrors else { return verdict }
        let deviation = errors > 1 ? (squares / Double(errors - 1)).squareRoot() : 0
        let spacing = mean + 2 * deviation
        if spacing > widest {
            widest = spacing
        } else if errors > leastErrors {
            let share = spacing / widest
            verdict = share < drift ? .drift : share < warning ? .warning : .stable
        }
        return verdict
    }
}
