internal import Schema
internal import Trading

/// A pair of `AssetPairs`; only what is used.
struct KrakenPair: Decodable {
    /// Base and quote by their names of version 1, `XBT/USD`; pairs of the dark pool have none.
    let wsname: String?
    let pair_decimals: Int
    let lot_decimals: Int
    /// Since 2021.
    let tick_size: String?
    let ordermin: String?
    let costmin: String?
    let status: String?

    /// The pair as a listing.
    ///
    /// - Throws: ``VenueListingOmission`` for a pair that cannot be named.
    func listing() throws(VenueListingOmission) -> InstrumentListing {
        let names = (wsname ?? "").split(separator: "/", omittingEmptySubsequences: false)
        guard names.count == 2 else { throw VenueListingOmission("no wsname") }
        let instrument = try Instrument.listed(
            Kraken.venue, Kraken.currency(old: String(names[0])), Kraken.currency(old: String(names[1])))
        guard let state = Kraken.status(status ?? "online") else {
            throw VenueListingOmission("the status \"\(status ?? "")\"")
        }
        let tick: Decimal12
        if let tick_size { tick = try .listed(tick_size) } else { tick = try .grid(places: pair_decimals) }
        return InstrumentListing(
            instrument: instrument, symbol: Kraken.symbol(instrument), status: state,
            rules: InstrumentRules(
                tick: tick, step: try .grid(places: lot_decimals), minimumQuantity: try .listed(ordermin ?? "0"),
                minimumNotional: try .listed(costmin ?? "0")),
            pricePlaces: pair_decimals, quantityPlaces: lot_decimals)
    }
}

extension VenueListings {
    /// Every pair that can be named, in the order of Kraken's names for them.
    init(kraken pairs: [String: KrakenPair]) {
        var instruments: [InstrumentListing] = []
        var omitted: [String: String] = [:]
        for (name, pair) in pairs.sorted(by: { $0.key < $1.key }) {
            do throws(VenueListingOmission) {
                instruments.append(try pair.listing())
            } catch {
                omitted[name] = error.reason
            }
        }
        self.init(instruments: instruments, omitted: omitted)
    }
}
