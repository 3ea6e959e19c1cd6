/// The highest or lowest of the newest numbers of a series.
///
/// Keeps only numbers that can still become the extreme, in a monotonic queue: each goes in and out once, so a step
/// costs constant time on average.
struct RollingExtreme: Codable, Sendable, Equatable {
    private let length: Int
    private let sign: Double
    private var values: ExactDoubles
    /// When each value came, counted in pushes.
    private var times: [Int]
    private var first = 0
    private var queued = 0
    private var pushes = 0

    private init(_ length: Int, sign: Double) {
        precondition(length > 0, "a window holds at least one number")
        self.length = length
        self.sign = sign
        values = ExactDoubles(values: Array(repeating: 0, count: length))
        times = Array(repeating: 0, count: length)
    }

    static func highest(_ length: Int) -> Self { Self(length, sign: 1) }
    static func lowest(_ length: Int) -> Self { Self(length, sign: -1) }

    var isFull: Bool { pushes >= length }
    /// The extreme of the numbers pushed, at most the newest `length` of them; at least one must have come.
    var value: Double { sign * values.values[first] }

    mutating func push(_ value: Double) {
        let signed = sign * value
        if queued > 0, times[first] <= pushes - length {
            first = first + 1 == length ? 0 : first + 1
            queued -= 1
        }
        while queued > 0, values.values[slot(queued - 1)] <= signed { queued -= 1 }
        let place = slot(queued)
        values.values[place] = signed
        times[place] = pushes
        queued += 1
        pushes += 1
    }

    private func slot(_ offset: Int) -> Int {
        let index = first + offset
        return index >= length ? index - length : index
    }
}
