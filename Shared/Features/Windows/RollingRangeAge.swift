/// How many steps ago the newest numbers of two series had their highest and lowest one; of equal ones the latest counts.
///
/// The blocks of ``RollingRange``, with the place of each extreme beside it.
struct RollingRangeAge: Codable, Sendable, Equatable {
    private let length: Int
    /// As in ``RollingRange``; then, in the same order, the places of those extremes in their block.
    private var blocks: WindowMemory
    private var runningHigh = -Double.greatestFiniteMagnitude
    private var runningLow = Double.greatestFiniteMagnitude
    /// The places of the running extremes in the block.
    private var highPlace = 0
    private var lowPlace = 0
    private var next = 0
    private(set) var isFull = false
    /// Steps since the highest high; 0 when the newest is it.
    private(set) var ageOfHighest = 0
    /// Steps since the lowest low.
    private(set) var ageOfLowest = 0

    init(_ length: Int) {
        precondition(length > 0, "a window holds at least one number")
        self.length = length
        blocks = WindowMemory(repeating: Double.greatestFiniteMagnitude, count: 4 * (length + 1))
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
        highPlace = try container.decode(Int.self, forKey: .highPlace)
        lowPlace = try container.decode(Int.self, forKey: .lowPlace)
        next = try container.decode(Int.self, forKey: .next)
        isFull = try container.decode(Bool.self, forKey: .isFull)
        ageOfHighest = try container.decode(Int.self, forKey: .ageOfHighest)
        ageOfLowest = try container.decode(Int.self, forKey: .ageOfLowest)
        try blocks.requireBlocks(4, of: length, next: next, from: decoder)
    }

    @inline(__always)
    mutating func push(high: Double, low: Double) {
        let highs = blocks.forWriting()
        let lows = highs + length + 1
        let highPlaces = lows + length + 1
        let lowPlaces = highPlaces + length + 1
        let place = next
        (highs[next], lows[next]) = (high, low)
        next += 1
        highPlace = high >= runningHigh ? place : highPlace
        lowPlace = low <= runningLow ? place : lowPlace
        runningHigh = larger(runningHigh, high)
        runningLow = smaller(runningLow, low)
        // What is higher than all of this block lies in the block before.
        ageOfHighest = place - (highs[next] > runningHigh ? Self.place(highPlaces[next]) - length : highPlace)
        ageOfLowest = place - (lows[next] < runningLow ? Self.place(lowPlaces[next]) - length : lowPlace)
        guard next == length else { return }
        finish(highs, highPlaces, larger, <)
        finish(lows, lowPlaces, smaller, >)
        (runningHigh, runningLow) = (-Double.greatestFiniteMagnitude, Double.greatestFiniteMagnitude)
        (next, isFull) = (0, true)
    }

    /// Makes of a block's numbers the extremes from each place on, and their places.
    @inline(__always)
    private func finish(
        _ numbers: UnsafeMutablePointer<Double>, _ places: UnsafeMutablePointer<Double>,
        _ further: (Double, Double) -> Double, _ isLess: (Double, Double) -> Bool
    ) {
        var (extreme, extremePlace) = (numbers[length - 1], length - 1)
        for place in stride(from: length - 1, through: 0, by: -1) {
            let number = numbers[place]
            extremePlace = isLess(extreme, number) ? place : extremePlace
            extreme = further(extreme, number)
            (numbers[place], places[place]) = (extreme, Double(bitPattern: UInt64(extremePlace)))
        }
    }

    /// A place that is stored among numbers, by its bits.
    @inline(__always)
    private static func place(_ number: Double) -> Int { Int(truncatingIfNeeded: number.bitPattern) }

    /// See ``WindowMemory/hold()``.
    @inline(__always)
    mutating func hold() { blocks.hold() }
}
