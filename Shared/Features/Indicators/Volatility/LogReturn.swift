#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Logarithm of the close over the one before.
public struct LogReturn: BarIndicator {
    private var previous: Double?

    public init() {}

    public var warmUp: Int { 2 }

    @inline(__always)
    public mutating func update(_ close: Double) -> Double {
        defer { previous = close }
        return previous.map { log(close / $0) } ?? .nan
    }
}
