/// The newest numbers of a series, side by side in the order of time.
///
/// They move through memory that is longer than the window, and return to its beginning when they have reached its end.
struct RollingWindow: Sendable {
    /// What was the oldest number of a window when another one was put in.
    struct Displaced {
        /// 0 where there was none.
        let number: Double
        /// Whether there was one: the window was full.
        let isThere: Bool
        /// Whether the window has returned to the beginning of its memory: the time to take sums anew.
        let hasReturned: Bool
    }

    private var memory: WindowMemory
    let length: Int
    /// Where the next number goes: behind the others, and those behind `length` zeros at first.
    ///
    /// A full window never returns to before the place where it was full first, so that this also says whether it is.
    private var next: Int

    init(_ length: Int) {
        precondition(length > 0, "a window holds at least one number")
        self.length = length
        memory = WindowMemory(repeating: 0, count: Self.room(for: length))
        next = length
    }

    private static func room(for length: Int) -> Int { 2 * length + max(2 * length, 64) }

    /// Numbers in it.
    var count: Int { min(next - length, length) }
    var isFull: Bool { next >= 2 * length }
    private var numbers: UnsafeMutablePointer<Double> { memory.numbers }

    /// The number `age` steps before the newest, which has age 0.
    @inline(__always)
    func recent(_ age: Int) -> Double {
        precondition(age >= 0 && age < count, "there is none so old")
        return numbers[next - 1 - age]
    }

    /// The number that left the newest `length` ones, at most the window's, with the newest number; 0 when there was none.
    @inline(__always)
    func displaced(from length: Int) -> Double {
        assert(length <= self.length, "the window is shorter")
        return numbers[next &- 1 &- length]
    }

    /// Puts a number in.
    @inline(__always)
    @discardableResult
    mutating func push(_ value: Double) -> Displaced {
        let numbers = memory.forWriting()
        let (hasReturned, wasFull) = (next == memory.count, isFull)
        if hasReturned {
            (numbers + length).update(from: numbers + (next - length), count: length)
            next = 2 * length
        }
        numbers[next] = value
        let displaced = numbers[next &- length]
        next &+= 1
        return Displaced(number: displaced, isThere: wasFull, hasReturned: hasReturned)
    }

    /// See ``WindowMemory/hold()``.
    @inline(__always)
    mutating func hold() { memory.hold() }

    /// Calls `body` with every number, the oldest first.
    @inline(__always)
    func forEach(_ body: (Double) -> Void) {
        for index in next - count..<next { body(numbers[index]) }
    }

    /// The sum of the newest `count` numbers, the oldest first; there must be so many.
    func sum(ofNewest count: Int) -> Double {
        precondition(count <= self.count, "there are not so many")
        var sum = 0.0
        for index in next - count..<next { sum += numbers[index] }
        return sum
    }

    /// The distances of the numbers to one, in sum.
    @inline(__always)
    func distances(to centre: Double) -> Double {
        sum { number in
            let bits = unsafeBitCast(number - SIMD4(repeating: centre), to: SIMD4<UInt64>.self)
            return unsafeBitCast(bits & 0x7FFF_FFFF_FFFF_FFFF, to: SIMD4<Double>.self)
        }
    }

    /// The share of the numbers of a full window that are below `value`; of equal ones half counts.
    func rank(of value: Double) -> Double {
        let values = SIMD4(repeating: value)
        return sum { number in
            SIMD4.zero.replacing(with: SIMD4(repeating: 0.5), where: number .== values)
                .replacing(with: SIMD4(repeating: 1), where: number .< values)
        } / Double(length)
    }

    /// The sum of a function of the numbers, four at a time.
    ///
    /// The four are a quarter of the window apart: numbers that were written one by one a moment ago can be read at once
    /// only when they have left the processor, and it would wait for them.
    @inline(__always)
    func sum(_ term: (SIMD4<Double>) -> SIMD4<Double>) -> Double {
        let quarter = count / 4
        let first = numbers + (next - count)
        let (second, third, fourth) = (first + quarter, first + 2 * quarter, first + 3 * quarter)
        var sums = SIMD4<Double>.zero
        for index in 0..<quarter { sums += term(SIMD4(first[index], second[index], third[index], fourth[index])) }
        var rest = 0.0
        for index in quarter..<count - 3 * quarter { rest += term(SIMD4(repeating: fourth[index]))[0] }
        return sums.sum() + rest
    }
}

extension RollingWindow: Equatable {
    /// What is behind the window is no part of it.
    static func == (lhs: Self, rhs: Self) -> Bool {
        lhs.length == rhs.length && lhs.next == rhs.next && lhs.content == rhs.content
    }

    private var content: ExactDoubles {
        ExactDoubles(values: Array(UnsafeBufferPointer(start: numbers + (next - count), count: count)))
    }
}

extension RollingWindow: Codable {
    private enum Key: CodingKey { case length, next, numbers }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        let length = try container.decode(Int.self, forKey: .length)
        let next = try container.decode(Int.self, forKey: .next)
        let content = try container.decode(ExactDoubles.self, forKey: .numbers).values
        guard (1...1 << 20).contains(length), (length...Self.room(for: length)).contains(next),
            content.count == min(next - length, length)
        else {
            throw WindowMemory.damaged(decoder)
        }
        self.init(length)
        self.next = next
        for (index, number) in content.enumerated() { numbers[next - content.count + index] = number }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(length, forKey: .length)
        try container.encode(next, forKey: .next)
        try container.encode(content, forKey: .numbers)
    }
}
