/// The highest and the lowest of the newest numbers of two series, such as highs and lows.
///
/// M. van Herk, "A fast algorithm for local minimum and maximum filters on rectangular and octagonal kernels", 1992: the
/// series is cut into blocks as long as the window, so that every window is the end of one block and the beginning of the
/// next. Of the former the extremes are known, of the latter the running one is kept: three comparisons a number, whatever
/// the numbers are.
struct RollingRange: Codable, Sendable, Equatable {
    private let length: Int
    /// First for the highs, then for the lows, one place more than the window has.
    ///
    /// Up to ``next`` the block's numbers; from there on, of each place in the block before, the extreme from it on. What
    /// is in the last place, and at first in all of them, is beyond every number.
    private var blocks: WindowMemory
    private var runningHigh = -Double.greatestFiniteMagnitude
    private var runningLow = Double.greatestFiniteMagnitude
    private var next = 0
    private(set) var isFull = false
    /// The highest of the highs, at most the newest `length` of them; at least one must have come.
    private(set) var highest = 0.0
    /// The lowest of the lows.
    private(set) var lowest = 0.0

    init(_ length: Int) {
        precondition(length > 0, "a window holds at least one number")
        self.length = length
        blocks = WindowMemory(repeating: Double.greatestFiniteMagnitude, count: 2 * (length + 1))
        let blocks = blocks.forWriting()
        for place in 0...length { blocks[place] = -.greatestFiniteMagnitude }
    }

    /// - Throws: `DecodingError` for memory that is not of the length's size: pushing would write beside it.
    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        length = try container.decode(Int.self, forKey: .length)
        blocks = try container.decode(WindowMemory.self, forKey: .blocks)
        runningHigh = try container.decode(Double.self, forKey: .runningHigh)
        runningLow = try container.decode(Double.self, forKey: .runningLow)
        next = try container.decode(Int.self, forKey: .next)
        isFull = try container.decode(Bool.self, forKey: .isFull)
        highest = try container.decode(Double.self, forKey: .highest)
        lowest = try container.decode(Double.self, forKey: .lowest)
        try blocks.requireBlocks(2, of: length, next: next, from: decoder)
    }

    @inline(__always)
    mutating func push(_ value: Double) { push(high: value, low: value) }

    @inline(__always)
    mutating func push(high: Double, low: Double) {
        let highs = blocks.forWriting()
        let lows = highs + length + 1
        (highs[next], lows[next]) = (high, low)
        next += 1
        runningHigh = larger(runningHigh, high)
        runningLow = smaller(runningLow, low)
        highest = larger(runningHigh, highs[next])
        lowest = smaller(runningLow, lows[next])
        guard next == length else { return }
        for place in stride(from: length - 2, through: 0, by: -1) {
            highs[place] = larger(highs[place], highs[place + 1])
            lows[place] = smaller(lows[place], lows[place + 1])
        }
        (runningHigh, runningLow) = (-Double.greatestFiniteMagnitude, Double.greatestFiniteMagnitude)
        (next, isFull) = (0, true)
    }

    /// See ``WindowMemory/hold()``.
    @inline(__always)
    mutating func hold() { blocks.hold() }
}
