internal import Hummingbird
internal import Schema

/// Why a request cannot be answered, in one line for its sender.
enum QueryError: Error, Equatable, CustomStringConvertible {
    case missing(String)
    case repeated(String)
    case number(String, ClosedRange<Int>)
    case instrument
    case timeframe
    case word(String)
    case tooLong(String, Int)

    var description: String {
        switch self {
        case .missing(let name): "\(name) is missing"
        case .repeated(let name): "\(name) is given more than once"
        case .number(let name, let range):
            "\(name) must be a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .instrument: "instrument must look like binance.BTC-USDT"
        case .timeframe: "timeframe must be one of \(Timeframe.allCases.map(\.rawValue).joined(separator: ", "))"
        case .word(let name): "\(name) must be lower-case letters, digits, points and underscores"
        case .tooLong(let name, let limit): "\(name) may have at most \(limit) bytes"
        }
    }
}

/// A request's parameters; refuses what makes no sense.
struct QueryReader {
    private let values: Parameters

    init(_ values: Parameters) { self.values = values }

    /// The text of a parameter; `nil` when it is absent or empty.
    func text(_ name: String, atMost limit: Int) throws(QueryError) -> String? {
        let all = values.getAll(name)
        guard all.count <= 1 else { throw .repeated(name) }
        guard let value = all.first, !value.isEmpty else { return nil }
        guard value.utf8.count <= limit else { throw .tooLong(name, limit) }
        return value
    }

    /// A whole number in `range`, or `fallback` when it is absent.
    func number(_ name: String, in range: ClosedRange<Int>, otherwise fallback: Int) throws(QueryError) -> Int {
        guard let text = try text(name, atMost: 32) else { return fallback }
        guard let value = Int(text), range.contains(value) else { throw .number(name, range) }
        return value
    }

    /// The instrument asked for, if any.
    func instrument() throws(QueryError) -> Instrument? {
        guard let text = try text("instrument", atMost: 64) else { return nil }
        do {
            return try Instrument(parsing: text)
        } catch {
            throw .instrument
        }
    }

    func requiredInstrument() throws(QueryError) -> Instrument {
        guard let instrument = try instrument() else { throw .missing("instrument") }
        return instrument
    }

    func timeframe() throws(QueryError) -> Timeframe {
        guard let text = try text("timeframe", atMost: 8) else { throw .missing("timeframe") }
        guard let timeframe = Timeframe(rawValue: text) else { throw .timeframe }
        return timeframe
    }

    /// A name of lower-case letters, digits, points and underscores, such as that of a metric.
    func word(_ name: String) throws(QueryError) -> String {
        guard let text = try text(name, atMost: 64) else { throw .missing(name) }
        let allowed = text.utf8.allSatisfy { byte in
            (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x5F || byte == 0x2E
        }
        guard allowed else { throw .word(name) }
        return text
    }
}
