/// How many steps ago the newest numbers of two series had their highest and lowest one; of equal ones the latest counts.
///
/// The blocks of ``RollingRange``, with the place of each extreme beside it.
struct RollingRangeAge: Codable, Sendable, Equatable {
    private let length: Int
    /// As in ``RollingRange``; then, in the same order, the places of those extremes in their block.
    private var blocks: ExactDoubles
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
        blocks = ExactDoubles(values: Array(repeating: 0, count: 4 * length))
    }

    @inline(__always)
    mutating func push(high: Double, low: Double) {
        let place = next
        highPlace = high >= runningHigh ? place : highPlace
        lowPlace = low <= runningLow ? place : lowPlace
        runningHigh = larger(runningHigh, high)
        runningLow = smaller(runningLow, low)
        (ageOfHighest, ageOfLowest) = (place - highPlace, place - lowPlace)
        next += 1
        guard next < length else { return finishBlock(high: high, low: low) }
        let (length, following, isFull) = (length, next, isFull)
        let (high, low, highPlaceBefore, lowPlaceBefore) = blocks.values.withUnsafeMutableBufferPointer { blocks in
            blocks[place] = high
            blocks[length + place] = low
            let index = isFull ? following : place
            return (
                blocks[index], blocks[length + index], blocks[2 * length + index], blocks[3 * length + index]
            )
        }
        // What is higher than the block's own lies in the block before.
        if high > runningHigh { ageOfHighest = place + length - Int(highPlaceBefore) }
        if low < runningLow { ageOfLowest = place + length - Int(lowPlaceBefore) }
    }

    private mutating func finishBlock(high: Double, low: Double) {
        let length = length
        blocks.values.withUnsafeMutableBufferPointer { blocks in
            (blocks[length - 1], blocks[2 * length - 1]) = (high, low)
            var (highPlace, lowPlace) = (length - 1, length - 1)
            for place in stride(from: length - 1, through: 0, by: -1) {
                if blocks[place] > blocks[highPlace] { highPlace = place }
                if blocks[length + place] < blocks[length + lowPlace] { lowPlace = place }
                blocks[2 * length + place] = Double(highPlace)
                blocks[3 * length + place] = Double(lowPlace)
            }
            for place in 0..<length {
                blocks[place] = blocks[Int(blocks[2 * length + place])]
                blocks[length + place] = blocks[length + Int(blocks[3 * length + place])]
            }
        }
        (runningHigh, runningLow) = (-Double.greatestFiniteMagnitude, Double.greatestFiniteMagnitude)
        (next, isFull) = (0, true)
    }
}
