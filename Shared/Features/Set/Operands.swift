internal import Schema

/// What a formula looks at: values as of one moment, lent where they lie for one call.
struct Operands {
    /// All values, by slot.
    let values: UnsafePointer<Double>
    /// The slots of the formula's operands, in their order.
    let slots: UnsafeBufferPointer<Int>
    /// When the primary candle closed.
    let time: UnixNanos

    var count: Int { slots.count }

    @inline(__always)
    subscript(index: Int) -> Double {
        precondition(index < slots.count, "the formula has named no such operand")
        return values[slots[index]]
    }
}
