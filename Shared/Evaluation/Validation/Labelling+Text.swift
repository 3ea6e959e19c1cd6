public import Models
internal import Schema

/// A labelling as it is written in a command or a settings file.
///
/// | text | meaning |
/// | --- | --- |
/// | `direction(after: 1h)` | whether the close is higher then |
/// | `moves(after: 5h, weak: 0.5%, strong: 1.5%)` | how far it has moved, in five classes; the bounds may be left out |
/// | `barriers(up: 2%, down: 1%, within: 24h)` | which barrier is touched first; `up: 2` is twice the volatility over the time |
extension Labelling {
    /// - Throws: ``EvaluationError/scheme(_:reason:)``
    public init(parsing text: String) throws(EvaluationError) {
        var fields = try SchemeFields(parsing: text)
        switch fields.name {
        case "direction": self = .direction(after: try fields.time("after", text))
        case "moves":
            let standard = MoveBounds.standard
            let after = try fields.time("after", text)
            let weak = try fields.share("weak") ?? standard.weak
            let strong = try fields.share("strong") ?? standard.strong
            guard weak > 0, strong > weak else { throw .scheme(text, reason: "strong above weak, and weak above 0") }
            self = .moves(after: after, bounds: MoveBounds(weak: weak, strong: strong))
        case "barriers":
            let (up, down) = (try fields.width("up"), try fields.width("down"))
            let units = Set([up, down].compactMap { $0?.unit })
            guard let unit = units.first, units.count == 1 else {
                throw .scheme(text, reason: "up or down is needed, both as shares like 2% or both as multiples like 2")
            }
            self = .barriers(
                TripleBarrier(
                    upper: up?.value, lower: down?.value, unit: unit, horizon: try fields.time("within", text)))
        default: throw .scheme(text, reason: "it is none of direction, moves and barriers")
        }
        try fields.requireNoMore()
    }
}

extension Labelling: CustomStringConvertible {
    public var description: String {
        switch self {
        case .direction(let horizon): return "direction(after: \(Extent.time(horizon)))"
        case .moves(let horizon, let bounds):
            return "moves(after: \(Extent.time(horizon)), weak: \(bounds.weak * 100)%, strong: \(bounds.strong * 100)%)"
        case .barriers(let barriers):
            func width(_ value: Double) -> String { barriers.unit == .fraction ? "\(value * 100)%" : "\(value)" }
            let widths = [("up", barriers.upper), ("down", barriers.lower)].compactMap { name, value in
                value.map { "\(name): \(width($0)), " }
            }
            return "barriers(\(widths.joined())within: \(Extent.time(barriers.horizon)))"
        }
    }
}

extension Labelling: Codable {
    public init(from decoder: any Decoder) throws {
        try self.init(parsing: decoder.singleValueContainer().decode(String.self))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

extension SchemeFields {
    /// A length of time above zero, in nanoseconds.
    fileprivate mutating func time(_ field: String, _ text: String) throws(EvaluationError) -> Int64 {
        guard case .time(let time) = try requiredExtent(field), time > 0 else {
            throw .scheme(text, reason: "\(field) is a time above zero like 1h")
        }
        return time
    }

    /// A part of a hundred, as a fraction.
    fileprivate mutating func share(_ field: String) throws(EvaluationError) -> Double? {
        try value(field, "a share like 0.5%") { text in
            text.last == "%" ? Double(text.dropLast()).map { $0 / 100 } : nil
        }
    }

    /// A distance of a barrier.
    fileprivate mutating func width(
        _ field: String
    ) throws(EvaluationError) -> (value: Double, unit: TripleBarrier.Unit)? {
        try value(field, "a share like 2% or a multiple of the volatility like 2, above zero") { text in
            let isShare = text.last == "%"
            guard let number = Double(isShare ? text.dropLast() : text[...]), number > 0, number.isFinite else {
                return nil
            }
            return isShare ? (number / 100, .fraction) : (number, .volatility)
        }
    }
}
