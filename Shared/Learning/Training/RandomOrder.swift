/// The numbers 0..<count in an order drawn from `random`, by Fisher and Yates (Durstenfeld 1964).
///
/// The same generator state gives the same order on every machine and with every version of the standard library.
public func randomOrder(_ count: Int, using random: inout some RandomNumberGenerator) -> [Int] {
    var order = Array(0..<count)
    for last in stride(from: count - 1, to: 0, by: -1) {
        // The high half of a full product maps 64 random bits to 0...last; the bias is below count / 2⁶⁴.
        let pick = Int((random.next() as UInt64).multipliedFullWidth(by: UInt64(last + 1)).high)
        order.swapAt(last, pick)
    }
    return order
}
