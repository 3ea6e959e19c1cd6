/// Watches for a change of a series' mean by the sums of its distances to it: Page and Hinkley's test.
///
/// E. Page, "Continuous Inspection Schemes", Biometrika, 1954; D. Hinkley, "Inference about the Change-Point from Cumulative
/// Sum Tests", Biometrika, 1971. The mean takes a number before its distance is told, and the sums forget by `memory`, as in
/// river 0.26.
public struct PageHinkley: DriftDetector {
    /// Which change of the mean is looked for.
    public enum Direction: String, Codable, Sendable, CaseIterable { case up, down, both }

    private let direction: Direction
    private let leastCount: Int
    private let tolerance: Double
    private let threshold: Double
    private let memory: Double
    private var mean = 0.0
    private var upward = 0.0
    private var downward = 0.0
    private var lowest = 0.0
    private var highest = 0.0
    private var hasDrifted = false

    /// Numbers since the start, or since the last change.
    public private(set) var count = 0

    /// - Parameters:
    ///   - direction: Which change of the mean is looked for.
    ///   - leastCount: The first number after which a change may be told.
    ///   - tolerance: A distance to the mean, in the series' unit, that each number may have without any suspicion.
    ///   - threshold: The suspicion, a sum in the series' unit, above which the mean has changed.
    ///   - memory: The part of the sums that is kept at each number, 0…1.
    public init(
        _ direction: Direction = .both, leastCount: Int = 30, tolerance: Double = 0.005, threshold: Double = 50,
        memory: Double = 0.9999
    ) {
        precondition(leastCount > 0 && tolerance >= 0 && threshold > 0, "a test needs a count and a threshold")
        precondition(memory >= 0 && memory <= 1, "sums keep a part of themselves")
        self.direction = direction
        self.leastCount = leastCount
        self.tolerance = tolerance
        self.threshold = threshold
        self.memory = memory
    }

    /// The suspicion that the mean has risen, in the series' unit.
    public var rise: Double { upward - lowest }

    /// The suspicion that the mean has fallen, in the series' unit.
    public var fall: Double { highest - downward }

    public mutating func update(_ value: Double) -> DriftVerdict {
        guard value.isObservable else { return .stable }
        if hasDrifted {
            (mean, upward, downward, count) = (0, 0, 0, 0)
        }
        count += 1
        mean += (value - mean) / Double(count)
        let distance = value - mean
        upward = memory * upward + distance - tolerance
        downward = memory * downward + distance + tolerance
        lowest = count == 1 ? upward : min(lowest, upward)
        highest = count == 1 ? downward : max(highest, downward)
        hasDrifted = count >= leastCount && (isSuspected(.up, rise) || isSuspected(.down, fall))
        return hasDrifted ? .drift : .stable
    }

    private func isSuspected(_ side: Direction, _ suspicion: Double) -> Bool {
        (direction == side || direction == .both) && suspicion > threshold
    }
}
