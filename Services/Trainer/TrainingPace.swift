/// How fast a training is, and how long it will still take.
struct TrainingPace {
    struct Figures: Equatable {
        let samplesPerSecond: Double
        let secondsLeft: Double
    }

    private let begin: Int64
    private var lastReport: Int64
    private var samples = 0
    /// The share that was done before this attempt's first step.
    private var firstProgress: Double?

    /// - Parameter now: Nanoseconds of a clock that never goes back.
    init(_ now: Int64) { (begin, lastReport) = (now, now) }

    /// Takes a step that looked at so many samples, after which so much of the work is done, 0…1.
    ///
    /// - Returns: Figures, every two seconds.
    mutating func take(samples count: Int, progress: Double, at now: Int64) -> Figures? {
        samples += count
        let first = firstProgress ?? progress
        firstProgress = first
        guard now - lastReport >= 2_000_000_000 else { return nil }
        lastReport = now
        let seconds = Double(now - begin) / 1e9
        let done = progress - first
        return Figures(
            samplesPerSecond: Double(samples) / seconds,
            secondsLeft: done > 0 ? seconds * (1 - progress) / done : 0)
    }
}
