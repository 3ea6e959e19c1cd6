/// The numbers of a window: a value, as an array is, whose memory a loop over a whole column can hold for itself.
///
/// An array asks at every write whether a copy shares its memory. That is a call, before which everything that the loop
/// has in registers is saved: for the simplest indicators two thirds of their time. Memory that is held is not asked about.
struct WindowMemory: @unchecked Sendable {
    // The value has the only reference, or copies the numbers before it writes: so it is safe to send, as an array is.
    private var owner: Owner?
    private(set) var isHeld = false
    /// The memory, for as long as the value is there.
    private(set) var numbers: UnsafeMutablePointer<Double>
    let count: Int

    private final class Owner {
        let numbers: UnsafeMutablePointer<Double>

        init(count: Int) { numbers = .allocate(capacity: count) }
        deinit { numbers.deallocate() }
    }

    init(repeating number: Double, count: Int) {
        let owner = Owner(count: count)
        owner.numbers.initialize(repeating: number, count: count)
        (self.owner, self.count, numbers) = (owner, count, owner.numbers)
    }

    /// Takes the memory for this value alone: from now on it must not be copied as long as it is written to.
    @inline(__always)
    mutating func hold() {
        makeOwn()
        isHeld = true
    }

    /// The memory for writing.
    @inline(__always)
    mutating func forWriting() -> UnsafeMutablePointer<Double> {
        if !isHeld { makeOwn() }
        assert(isKnownUniquelyReferenced(&owner), "held memory has been copied")
        return numbers
    }

    @inline(__always)
    private mutating func makeOwn() {
        // Asked of a variable of its own: a call that knows the address of one part of an indicator would keep all of it
        // out of registers.
        var owner: Owner?
        swap(&owner, &self.owner)
        if !isKnownUniquelyReferenced(&owner) {
            let copy = Owner(count: count)
            copy.numbers.initialize(from: numbers, count: count)
            withExtendedLifetime(owner) {}
            (owner, numbers) = (copy, copy.numbers)
        }
        swap(&owner, &self.owner)
    }
}

extension WindowMemory: Equatable {
    static func == (lhs: Self, rhs: Self) -> Bool { lhs.content == rhs.content }

    private var content: ExactDoubles {
        ExactDoubles(values: Array(UnsafeBufferPointer(start: numbers, count: count)))
    }
}

extension WindowMemory: Codable {
    init(from decoder: any Decoder) throws {
        let values = try ExactDoubles(from: decoder).values
        self.init(repeating: 0, count: values.count)
        for (index, value) in values.enumerated() { numbers[index] = value }
    }

    func encode(to encoder: any Encoder) throws { try content.encode(to: encoder) }

    /// Refuses decoded memory that does not hold so many blocks, each of `length` numbers and a place more: what is pushed
    /// to `next` would be written beside it.
    func requireBlocks(_ blocks: Int, of length: Int, next: Int, from decoder: any Decoder) throws {
        guard (1...1 << 20).contains(length), count == blocks * (length + 1), (0..<length).contains(next) else {
            throw Self.damaged(decoder)
        }
    }

    static func damaged(_ decoder: any Decoder) -> DecodingError {
        .dataCorrupted(
            DecodingError.Context(
                codingPath: decoder.codingPath, debugDescription: "a window of other numbers than it says"))
    }
}
