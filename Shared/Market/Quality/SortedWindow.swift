/// The newest values of a series, in order of size, for medians that are exact at every step.
///
/// Values are single precision, and are encoded as text, since an ingestor writes its state with every batch.
struct SortedWindow: Sendable, Equatable {
    let capacity: Int
    /// A ring once it is full; ``oldest`` is where it begins.
    private var values: [Float] = []
    private var oldest = 0
    private var sorted: [Float] = []

    init(capacity: Int) {
        precondition(capacity > 0, "a window holds a value")
        self.capacity = capacity
    }

    var count: Int { values.count }

    /// Takes a value, which is not NaN; the oldest goes when the window is full.
    mutating func append(_ value: Float) {
        if values.count < capacity {
            values.append(value)
        } else {
            sorted.remove(at: Self.firstIndex(in: sorted, notBelow: Double(values[oldest])))
            values[oldest] = value
            oldest = (oldest + 1) % capacity
        }
        sorted.insert(value, at: Self.firstIndex(in: sorted, notBelow: Double(value)))
    }

    /// The middle value, or the mean of the two; the window is not empty.
    var median: Double { (Double(sorted[(count - 1) / 2]) + Double(sorted[count / 2])) / 2 }

    /// The median of the distances from `center`; the window is not empty.
    func medianDistance(from center: Double) -> Double {
        // Distances rise to both sides of the centre: two sorted lists, merged up to the middle.
        var right = Self.firstIndex(in: sorted, notBelow: center)
        var left = right - 1
        var (lower, upper) = (0.0, 0.0)
        for rank in 0...count / 2 {
            let below = left >= 0 ? center - Double(sorted[left]) : .infinity
            let above = right < count ? Double(sorted[right]) - center : .infinity
            if below < above { left -= 1 } else { right += 1 }
            upper = min(below, above)
            if rank == (count - 1) / 2 { lower = upper }
        }
        return (lower + upper) / 2
    }

    /// The mean of the distances from `center`; the window is not empty.
    func meanDistance(from center: Double) -> Double {
        sorted.reduce(0) { $0 + abs(Double($1) - center) } / Double(count)
    }

    private static func firstIndex(in sorted: [Float], notBelow value: Double) -> Int {
        var (low, high) = (0, sorted.count)
        while low < high {
            let middle = (low + high) / 2
            if Double(sorted[middle]) < value { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension SortedWindow: Codable {
    private enum CodingKeys: String, CodingKey { case capacity, values }

    /// - Throws: `DecodingError` when the text is no list of numbers that the window can hold.
    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let capacity = try container.decode(Int.self, forKey: .capacity)
        let words = try container.decode(String.self, forKey: .values).split(separator: " ")
        let values = words.compactMap { UInt32($0, radix: 16) }.map { Float(bitPattern: $0) }
        guard capacity > 0, values.count <= capacity, values.count == words.count, !values.contains(where: \.isNaN)
        else {
            throw DecodingError.dataCorruptedError(
                forKey: .values, in: container, debugDescription: "no values for a window of \(capacity)")
        }
        self.init(capacity: capacity)
        self.values = values
        sorted = values.sorted()
    }

    /// Writes the bits of the values, oldest first; their order of size is made again.
    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(capacity, forKey: .capacity)
        let words = inOrder.map { String($0.bitPattern, radix: 16) }
        try container.encode(words.joined(separator: " "), forKey: .values)
    }

    /// Windows with the same values in the same order of time are equal, wherever their rings begin.
    static func == (lhs: Self, rhs: Self) -> Bool { lhs.capacity == rhs.capacity && lhs.inOrder == rhs.inOrder }

    /// Oldest first.
    private var inOrder: [Float] { Array(values[oldest...] + values[..<oldest]) }
}
