internal import Foundation
public import Schema

/// What Binance demands of an order's price and quantity, from the filters of `/api/v3/exchangeInfo`.
///
/// Zero means that a rule is switched off, as the venue documents.
public struct BinanceRules: Sendable, Equatable {
    /// Whether the venue takes orders for the instrument now.
    public let isTrading: Bool
    /// Prices are multiples of this, in quote currency.
    public let tickSize: Decimal12
    /// Quantities are multiples of this, in base currency.
    public let stepSize: Decimal12
    /// The smallest and the largest quantity, in base currency.
    public let minimumQuantity: Decimal12
    public let maximumQuantity: Decimal12
    /// The smallest price times quantity, in quote currency.
    public let minimumNotional: Decimal12

    /// The venue's answer; only what is used.
    struct Answer: Decodable {
        struct Symbol: Decodable {
            let symbol: String
            let status: String
            let filters: [Filter]
        }

        struct Filter: Decodable {
            let filterType: String
            let tickSize: String?
            let stepSize: String?
            let minQty: String?
            let maxQty: String?
            let minNotional: String?
        }

        let symbols: [Symbol]

        /// The rules of one symbol.
        func rules(of name: String, _ endpoint: VenueEndpoint) throws(VenueError) -> BinanceRules {
            guard let symbol = symbols.first(where: { $0.symbol == name }) else {
                throw .malformed(endpoint, "no symbol \(name)")
            }
            func value(_ filters: [String], _ field: KeyPath<Filter, String?>, _ label: String) throws(VenueError)
                -> Decimal12
            {
                let text = symbol.filters.first { filters.contains($0.filterType) }.flatMap { $0[keyPath: field] }
                guard let text else { throw .malformed(endpoint, "\(name) has no \(label)") }
                do throws(SchemaError) { return try Decimal12(parsing: text) } catch {
                    throw .malformed(endpoint, "\(name), \(label): \(error)")
                }
            }
            return BinanceRules(
                isTrading: symbol.status == "TRADING",
                tickSize: try value(["PRICE_FILTER"], \.tickSize, "tickSize"),
                stepSize: try value(["LOT_SIZE"], \.stepSize, "stepSize"),
                minimumQuantity: try value(["LOT_SIZE"], \.minQty, "minQty"),
                maximumQuantity: try value(["LOT_SIZE"], \.maxQty, "maxQty"),
                // The filter has had both names.
                minimumNotional: try value(["NOTIONAL", "MIN_NOTIONAL"], \.minNotional, "minNotional"))
        }
    }
}
