public import Schema

/// A venue's spelling of the instruments that a feed was made for, both ways.
public struct SymbolTable: Sendable, Hashable {
    /// The venue's name in ``Schema/Instrument/venue``.
    public let venue: String
    private let instruments: [String: Instrument]
    private let symbols: [Instrument: String]

    /// Creates a table; of two instruments with one symbol the first one counts.
    ///
    /// - Throws: ``VenueError/unsupported(venue:_:)`` for an instrument of another venue.
    public init(
        venue: String, _ instruments: [Instrument], symbol: (Instrument) -> String
    ) throws(VenueError) {
        self.venue = venue
        var bySymbol: [String: Instrument] = [:]
        var byInstrument: [Instrument: String] = [:]
        for instrument in instruments {
            guard instrument.venue == venue else {
                throw .unsupported(venue: venue, "\(instrument) belongs to another venue")
            }
            let name = symbol(instrument)
            if bySymbol[name] == nil { bySymbol[name] = instrument }
            byInstrument[instrument] = name
        }
        self.instruments = bySymbol
        symbols = byInstrument
    }

    /// The instrument of a symbol that came in a message.
    func instrument(_ symbol: String) throws(VenueMessageError) -> Instrument {
        guard let instrument = instruments[symbol] else { throw .unknownSymbol(symbol) }
        return instrument
    }

    /// The symbol to send for an instrument.
    func symbol(_ instrument: Instrument) throws(VenueError) -> String {
        guard let symbol = symbols[instrument] else {
            throw .unsupported(venue: venue, "the feed was not made for \(instrument)")
        }
        return symbol
    }

    /// The symbols to send for instruments, each once and in the order of their names.
    func symbols(_ instruments: [Instrument]) throws(VenueError) -> [String] {
        var symbols: [String] = []
        for instrument in Set(instruments).sorted() { symbols.append(try symbol(instrument)) }
        return symbols
    }
}
