public import Schema

/// The rules of every instrument that may be traded.
public struct RuleBook: Codable, Sendable, Hashable {
    private struct Entry: Codable, Sendable, Hashable {
        let instrument: Instrument
        let rules: InstrumentRules
    }

    private var entries: [Entry] = []
    /// The rules of instruments that have none of their own; `nil` refuses them.
    public var fallback: InstrumentRules?

    public init(fallback: InstrumentRules? = nil) { self.fallback = fallback }

    /// Sets an instrument's rules.
    public mutating func set(_ rules: InstrumentRules, for instrument: Instrument) {
        entries.removeAll { $0.instrument == instrument }
        entries.append(Entry(instrument: instrument, rules: rules))
        entries.sort { $0.instrument < $1.instrument }
    }

    /// The rules of an instrument; by its own entry, else by the table of its base currency, else the fallback.
    ///
    /// - Returns: `nil` for an instrument that is not to be traded.
    public func rules(for instrument: Instrument) -> InstrumentRules? {
        if let entry = entries.first(where: { $0.instrument == instrument }) { return entry.rules }
        guard let fallback else { return nil }
        return Self.table[instrument.base] ?? fallback
    }

    /// Grids like those of the large spot venues for BTC, ETH and SOL in dollars, and fine ones for all others.
    public static let standard = RuleBook(
        fallback: InstrumentRules(
            tick: decimal(1, 8), step: decimal(1, 6), minimumQuantity: decimal(1, 6), minimumNotional: Decimal12(5)))

    private static let table: [String: InstrumentRules] = [
        "BTC": InstrumentRules(
            tick: decimal(1, 2), step: decimal(1, 5), minimumQuantity: decimal(1, 5), minimumNotional: Decimal12(5)),
        "ETH": InstrumentRules(
            tick: decimal(1, 2), step: decimal(1, 4), minimumQuantity: decimal(1, 4), minimumNotional: Decimal12(5)),
        "SOL": InstrumentRules(
            tick: decimal(1, 2), step: decimal(1, 3), minimumQuantity: decimal(1, 3), minimumNotional: Decimal12(5)),
    ]

    /// `digits` times ten to the power of minus `places`.
    private static func decimal(_ digits: Int, _ places: Int) -> Decimal12 {
        var unit = Decimal12.one128
        for _ in 0..<places { unit /= 10 }
        return Decimal12(units: Int128(digits) * unit)
    }
}
