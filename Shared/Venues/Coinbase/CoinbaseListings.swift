internal import Schema
internal import Trading

/// The answer of `products`; only what is used.
struct CoinbaseListings: Decodable {
    struct Product: Decodable {
        let product_id: String
        let base_currency_id: String
        let quote_currency_id: String
        let product_type: String
        let price_increment: String
        let base_increment: String
        let base_min_size: String
        let base_max_size: String
        let quote_min_size: String
        let is_disabled: Bool
        let trading_disabled: Bool
        let view_only: Bool
        let cancel_only: Bool
        let limit_only: Bool
        let post_only: Bool
    }

    let products: [Product]

    /// Everything that is traded for delivery at once and can be named.
    var listings: VenueListings {
        var instruments: [InstrumentListing] = []
        var omitted: [String: String] = [:]
        for product in products {
            do throws(VenueListingOmission) {
                instruments.append(try product.listing())
            } catch {
                omitted[product.product_id] = error.reason
            }
        }
        return VenueListings(instruments: instruments, omitted: omitted)
    }
}

extension CoinbaseListings.Product {
    /// The product as a listing.
    ///
    /// - Throws: ``VenueListingOmission`` for a product that cannot be named, or is no spot product.
    func listing() throws(VenueListingOmission) -> InstrumentListing {
        guard product_type == "SPOT" else { throw VenueListingOmission("a product of the type \"\(product_type)\"") }
        return InstrumentListing(
            instrument: try .listed(Coinbase.venue, base_currency_id, quote_currency_id), symbol: product_id,
            status: status,
            rules: InstrumentRules(
                tick: try .listed(price_increment), step: try .listed(base_increment),
                minimumQuantity: try .listed(base_min_size), minimumNotional: try .listed(quote_min_size),
                maximumQuantity: try .listed(base_max_size)))
    }

    private var status: VenueStatus {
        if is_disabled || trading_disabled || view_only { return .halted }
        if cancel_only { return .cancelOnly }
        if post_only { return .postOnly }
        return limit_only ? .limitOnly : .trading
    }
}
