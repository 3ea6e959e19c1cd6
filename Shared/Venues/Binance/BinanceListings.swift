internal import Schema
internal import Trading

/// The answer of `exchangeInfo`; only what is used.
///
/// Binance, "Spot API documentation", Filters. A filter that is missing, or zero, does not apply, as the venue documents.
struct BinanceListings: Decodable {
    struct Symbol: Decodable {
        let symbol: String
        let status: String
        let baseAsset: String
        let quoteAsset: String
        /// `PERPETUAL`, or a kind with a date of delivery; of futures alone.
        let contractType: String?
        let filters: [Filter]
    }

    struct Filter: Decodable {
        let filterType: String
        let tickSize: String?
        let minPrice: String?
        let maxPrice: String?
        let stepSize: String?
        let minQty: String?
        let maxQty: String?
        let minNotional: String?
        /// What the futures venue calls `minNotional`.
        let notional: String?
    }

    let symbols: [Symbol]

    /// Everything that can be named and has rules.
    func listings(_ product: BinanceProduct) -> VenueListings {
        var instruments: [InstrumentListing] = []
        var omitted: [String: String] = [:]
        for symbol in symbols {
            do throws(VenueListingOmission) {
                instruments.append(try symbol.listing(product))
            } catch {
                omitted[symbol.symbol] = error.reason
            }
        }
        return VenueListings(instruments: instruments, omitted: omitted)
    }
}

extension BinanceListings.Symbol {
    /// The symbol as a listing.
    ///
    /// - Throws: ``VenueListingOmission`` for a symbol that cannot be named, has a date of delivery, or has no rules.
    func listing(_ product: BinanceProduct) throws(VenueListingOmission) -> InstrumentListing {
        if let contractType, contractType != "PERPETUAL" {
            throw VenueListingOmission("a contract of the type \"\(contractType)\"")
        }
        let tick = try decimal("PRICE_FILTER", \.tickSize)
        let step = try decimal("LOT_SIZE", \.stepSize)
        return InstrumentListing(
            instrument: try .listed(product.venue, baseAsset, quoteAsset), symbol: symbol, status: venueStatus,
            rules: InstrumentRules(
                tick: tick, step: step, minimumQuantity: try decimal("LOT_SIZE", \.minQty),
                minimumNotional: try minimumNotional(), maximumQuantity: try decimal("LOT_SIZE", \.maxQty),
                minimumPrice: try decimal("PRICE_FILTER", \.minPrice),
                maximumPrice: try decimal("PRICE_FILTER", \.maxPrice),
                ticksFromMinimum: product == .usdMargined))
    }

    private func decimal(
        _ filterType: String, _ field: KeyPath<BinanceListings.Filter, String?>
    ) throws(VenueListingOmission) -> Decimal12 {
        guard let filter = filters.first(where: { $0.filterType == filterType }), let text = filter[keyPath: field]
        else { throw VenueListingOmission("no \(filterType)") }
        return try .listed(text)
    }

    /// The filter has had two names, and futures call its value by a third one; zero where there is none.
    private func minimumNotional() throws(VenueListingOmission) -> Decimal12 {
        let filter = filters.first { $0.filterType == "NOTIONAL" || $0.filterType == "MIN_NOTIONAL" }
        guard let text = filter?.minNotional ?? filter?.notional else { return .zero }
        return try .listed(text)
    }

    private var venueStatus: VenueStatus {
        switch status {
        case "TRADING": .trading
        case "POST_TRADING", "SETTLING", "PRE_SETTLE": .cancelOnly
        default: .halted
        }
    }
}
