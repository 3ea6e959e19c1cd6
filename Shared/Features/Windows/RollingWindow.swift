/// The newest numbers of a series.
struct RollingWindow: Codable, Sendable, Equatable {
    private var storage: ExactDoubles
    /// Where the next number goes: the oldest one's place once the window is full.
    private(set) var next = 0
    /// Numbers in it.
    private(set) var count = 0

    init(_ length: Int) {
        precondition(length > 0, "a window holds at least one number")
        storage = ExactDoubles(values: Array(repeating: 0, count: length))
    }

    var length: Int { storage.values.count }
    var isFull: Bool { count == storage.values.count }

    /// The oldest number; the window must not be empty.
    var oldest: Double { storage.values[count == length ? next : 0] }

    /// The number `age` steps before the newest, which has age 0.
    @inline(__always)
    func recent(_ age: Int) -> Double {
        precondition(age < count, "only \(count) numbers")
        let index = next - 1 - age
        return storage.values[index >= 0 ? index : index + length]
    }

    /// Puts a number in, and gives the one that it displaces, once the window is full.
    @inline(__always)
    mutating func push(_ value: Double) -> Double? {
        let displaced = count == length ? storage.values[next] : nil
        storage.values[next] = value
        next += 1
        if next == storage.values.count { next = 0 }
        if count < storage.values.count { count += 1 }
        return displaced
    }

    /// Calls `body` with every number, in no stated but always the same order.
    func forEach(_ body: (Double) -> Void) {
        for index in 0..<count { body(storage.values[index]) }
    }

    /// Mean of the numbers of a full window.
    var mean: Double { accumulate { $0 } / Double(length) }

    /// Mean distance of the numbers of a full window to `centre`.
    func meanDistance(to centre: Double) -> Double {
        let centres = SIMD4(repeating: centre)
        return accumulate { value in
            let distance = value - centres
            return distance.replacing(with: -distance, where: distance .< 0)
        } / Double(length)
    }

    /// The share of the numbers of a full window that are below `value`; of equal ones half counts.
    func rank(of value: Double) -> Double {
        let values = SIMD4(repeating: value)
        let one = SIMD4(repeating: 1.0)
        return accumulate { number in
            let half = SIMD4(repeating: 0.5)
            return SIMD4<Double>.zero.replacing(with: half, where: number .== values)
                .replacing(with: one, where: number .< values)
        } / Double(length)
    }

    /// The sum of a function of the numbers, four at a time.
    @inline(__always)
    private func accumulate(_ term: (SIMD4<Double>) -> SIMD4<Double>) -> Double {
        storage.values.withUnsafeBufferPointer { values in
            var sums = SIMD4<Double>.zero
            var index = 0
            while index + 4 <= values.count {
                sums += term(SIMD4(values[index], values[index + 1], values[index + 2], values[index + 3]))
                index += 4
            }
            var rest = 0.0
            while index < values.count {
                rest += term(SIMD4(repeating: values[index]))[0]
                index += 1
            }
            return sums.sum() + rest
        }
    }
}
