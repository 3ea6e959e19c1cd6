internal import Foundation
internal import Market
internal import Schema
internal import Trading

/// A row of `candles`: `[open time in milliseconds, open, high, low, close, volume]`, as numbers.
struct GeminiCandle: Decodable, Equatable {
    let candle: PublishedCandle

    init(from decoder: any Decoder) throws {
        var row = try decoder.unkeyedContainer()
        let openTime = try row.decode(UnixMilliseconds.self).moment
        func number() throws -> Double { try row.decode(Double.self) }
        candle = PublishedCandle(
            openTime: openTime, open: try number(), high: try number(), low: try number(), close: try number(),
            volume: try number())
    }
}

/// A row of `trades`, newest first.
struct GeminiTrade: Decodable {
    let timestampms: UnixMilliseconds
    let tid: UInt64
    let price: PublishedDecimal
    let amount: PublishedDecimal
    /// Of the order that crossed the spread; something else for auctions and block trades.
    let type: String

    /// The trade; `tid` rises, but skips numbers, so it is no sequence.
    func trade(_ instrument: Instrument, receivedAt: UnixNanos) throws(SchemaError) -> NumberedTrade {
        NumberedTrade(
            trade: try Trade(
                instrument: instrument, id: "\(tid)", price: price.value, quantity: amount.value,
                aggressor: Self.aggressor(type), eventTime: timestampms.moment, receiveTime: receivedAt),
            sequence: nil)
    }

    static func aggressor(_ side: String) -> Trade.Aggressor {
        switch side {
        case "buy": .buyer
        case "sell": .seller
        default: .unknown
        }
    }
}

/// The answer of `book`.
struct GeminiBook: Decodable {
    struct Level: Decodable {
        let level: BookLevel

        private enum CodingKeys: CodingKey { case price, amount }

        init(from decoder: any Decoder) throws {
            let row = try decoder.container(keyedBy: CodingKeys.self)
            let (price, amount) = (
                try row.decode(PublishedDecimal.self, forKey: .price),
                try row.decode(PublishedDecimal.self, forKey: .amount)
            )
            level = try BookLevel(published: price.value, amount.value, decoder)
        }
    }

    let bids: [Level]
    let asks: [Level]
}

/// The answer of `symbols/details`; the two grids are JSON numbers, such as `1E-8`.
struct GeminiSymbol: Decodable {
    let symbol: String
    let base_currency: String
    let quote_currency: String
    /// The grid of quantities.
    let tick_size: Decimal
    /// The grid of prices.
    let quote_increment: Decimal
    let min_order_size: String
    let status: String
    /// `spot`, or `swap` for perpetual contracts; the documentation adds it in 2023.
    let product_type: String?

    /// The symbol as a listing.
    ///
    /// - Throws: ``VenueListingOmission`` for a symbol that cannot be named, or is no spot product.
    func listing() throws(VenueListingOmission) -> InstrumentListing {
        if let product_type, product_type != "spot" {
            throw VenueListingOmission("a product of the type \"\(product_type)\"")
        }
        guard let state = Gemini.status(status) else { throw VenueListingOmission("the status \"\(status)\"") }
        return InstrumentListing(
            instrument: try .listed(Gemini.venue, base_currency.uppercased(), quote_currency.uppercased()),
            symbol: symbol.uppercased(), status: state,
            rules: InstrumentRules(
                tick: try .listed("\(quote_increment)"), step: try .listed("\(tick_size)"),
                minimumQuantity: try .listed(min_order_size), minimumNotional: .zero))
    }
}
