/// The highest and the lowest of the newest numbers of two series, such as highs and lows.
///
/// M. van Herk, "A fast algorithm for local minimum and maximum filters on rectangular and octagonal kernels", 1992: the
/// series is cut into blocks as long as the window, so that every window is the end of one block and the beginning of the
/// next. Of the former the extremes are known, of the latter the running one is kept: three comparisons a number, whatever
/// the numbers are.
struct RollingRange: Codable, Sendable, Equatable {
    private let length: Int
    /// First for the highs, then for the lows.
    ///
    /// Up to ``next`` the block's numbers; from there on, of each place in the block before, the extreme from it on.
    private var blocks: ExactDoubles
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
        blocks = ExactDoubles(values: Array(repeating: 0, count: 2 * length))
    }

    @inline(__always)
    mutating func push(_ value: Double) { push(high: value, low: value) }

    @inline(__always)
    mutating func push(high: Double, low: Double) {
        runningHigh = larger(runningHigh, high)
        runningLow = smaller(runningLow, low)
        (highest, lowest) = (runningHigh, runningLow)
        let (place, following) = (next, next + 1)
        next = following
        if following < length {
            let (length, isFull) = (length, isFull)
            let ends = blocks.values.withUnsafeMutableBufferPointer { blocks in
                blocks[place] = high
                blocks[length + place] = low
                return isFull ? (blocks[following], blocks[length + following]) : (high, low)
            }
            (highest, lowest) = (larger(runningHigh, ends.0), smaller(runningLow, ends.1))
        } else {
            finishBlock(high: high, low: low)
        }
    }

    private mutating func finishBlock(high: Double, low: Double) {
        let length = length
        blocks.values.withUnsafeMutableBufferPointer { blocks in
            (blocks[length - 1], blocks[2 * length - 1]) = (high, low)
            for place in stride(from: length - 2, through: 0, by: -1) {
                blocks[place] = larger(blocks[place], blocks[place + 1])
                blocks[length + place] = smaller(blocks[length + place], blocks[length + place + 1])
            }
        }
        (runningHigh, runningLow) = (-Double.greatestFiniteMagnitude, Double.greatestFiniteMagnitude)
        (next, isFull) = (0, true)
    }
}
