internal import Schema

/// A part of a series of samples, written `100` (samples), `30d`, `4h` or `15m` (time) or `1%` (of all samples).
public enum Extent: Sendable, Hashable {
    case samples(Int)
    /// In nanoseconds; what is written are whole minutes.
    case time(Int64)
    /// Of all samples, 0…100 of a hundred; rounded down to whole ones.
    case percent(Double)

    public static func days(_ days: Int64) -> Self { .time(days * Timeframe.day1.nanoseconds) }

    /// Reads a text; `nil` for anything else than a number that is not negative, and its unit.
    ///
    /// More than a thousand million samples or a hundred years are refused, so that lengths can be added to moments.
    init?(parsing text: some StringProtocol) {
        if let samples = Int(text) {
            guard (0...1_000_000_000).contains(samples) else { return nil }
            self = .samples(samples)
            return
        }
        guard let unit = text.last, let number = Double(text.dropLast()), number >= 0 else { return nil }
        if unit == "%" {
            guard number <= 100 else { return nil }
            self = .percent(number)
        } else {
            guard let length = Self.units.first(where: { $0.name == unit })?.length,
                let whole = Int64(exactly: number), whole <= 36_525 * Timeframe.day1.nanoseconds / length
            else { return nil }
            self = .time(whole * length)
        }
    }

    /// From the longest on; the shortest divides every length that can be written.
    private static let units: [(name: Character, length: Int64)] = [
        ("d", Timeframe.day1.nanoseconds), ("h", Timeframe.hour1.nanoseconds), ("m", Timeframe.minute1.nanoseconds),
    ]
}

extension Extent: CustomStringConvertible {
    public var description: String {
        switch self {
        case .samples(let count): return "\(count)"
        case .time(let time):
            let (name, length) =
                Self.units.first { time.isMultiple(of: $0.length) && time != 0 } ?? Self.units[Self.units.count - 1]
            return "\(time / length)\(name)"
        case .percent(let percent): return Int(exactly: percent).map { "\($0)%" } ?? "\(percent)%"
        }
    }
}
