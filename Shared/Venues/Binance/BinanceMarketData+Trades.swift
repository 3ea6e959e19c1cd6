internal import HTTP
public import Market
public import Schema

// Spot is followed trade by trade, futures by aggregates, as their streams are (``BinanceProduct``).
extension BinanceMarketData {
    private static let pageSize = 1000

    public func trades(after last: NumberedTrade, asOf: UnixNanos) throws(VenueError) -> TradePages {
        try requests.check(last.trade.instrument)
        guard last.sequence != nil else {
            throw .unsupported(venue: venue, "trades are asked for by their number, and \(last.trade.id) has none")
        }
        return TradePages(
            BinanceTradePager(
                cursor: TradeCursor(after: last, pageSize: Self.pageSize), asOf: asOf, venue: self))
    }

    public func recentTrades(
        _ instrument: Instrument, receivedAt: UnixNanos
    ) async throws(VenueError) -> [NumberedTrade] {
        let query: HTTPQuery = ["symbol": try symbol(instrument), "limit": "\(Self.pageSize)"]
        return try await page(product == .spot ? "trades" : "aggTrades", query, instrument, receivedAt: receivedAt)
    }

    /// The trades whose numbers begin with `first`.
    fileprivate func trades(
        from first: UInt64, _ instrument: Instrument, receivedAt: UnixNanos
    ) async throws(VenueError) -> [NumberedTrade] {
        let query: HTTPQuery = [
            "symbol": try symbol(instrument), "fromId": "\(first)", "limit": "\(Self.pageSize)",
        ]
        return try await page(tradeFunction, query, instrument, receivedAt: receivedAt)
    }

    fileprivate var tradeFunction: String { product == .spot ? "historicalTrades" : "aggTrades" }

    private func page(
        _ function: String, _ query: HTTPQuery, _ instrument: Instrument, receivedAt: UnixNanos
    ) async throws(VenueError) -> [NumberedTrade] {
        var trades: [NumberedTrade] = []
        if function == "aggTrades" {
            for row in try await get([BinanceAggregateTradeRow].self, function, query).answer {
                trades.append(
                    try valid(function) { () throws(SchemaError) in try row.trade(instrument, receivedAt: receivedAt) })
            }
        } else {
            for row in try await get([BinanceTradeRow].self, function, query).answer {
                trades.append(
                    try valid(function) { () throws(SchemaError) in try row.trade(instrument, receivedAt: receivedAt) })
            }
        }
        return trades
    }
}

/// Fetches the pages of one download.
private struct BinanceTradePager: TradePager {
    var cursor: TradeCursor
    let asOf: UnixNanos
    let venue: BinanceMarketData

    mutating func next() async throws(VenueError) -> [NumberedTrade]? {
        guard !cursor.isFinished, let known = cursor.last.sequence, known < .max else { return nil }
        let page = try await venue.trades(from: known + 1, cursor.last.trade.instrument, receivedAt: asOf)
        return try cursor.accept(page, venue.requests.endpoint("\(venue.product.path)/\(venue.tradeFunction)"))
    }
}
