internal import HTTP
public import Schema

// What only the futures venue has.
extension BinanceMarketData {
    /// The funding rates that were paid from `from` on, before `to`, oldest first; at most 1000.
    ///
    /// - Throws: ``VenueError/unsupported(venue:_:)`` for the spot venue.
    public func fundingRates(
        _ instrument: Instrument, from: UnixNanos, to: UnixNanos
    ) async throws(VenueError) -> [SideValue] {
        try requireFutures()
        let query = range(try symbol(instrument), from: from, to: to, limit: 1000)
        let rows = try await get([BinanceFundingRate].self, "fundingRate", query).answer
        var values: [SideValue] = []
        for row in rows {
            values.append(try valid("fundingRate") { () throws(SchemaError) in try row.value(instrument) })
        }
        return values
    }

    /// The open interest now.
    ///
    /// - Throws: ``VenueError/unsupported(venue:_:)`` for the spot venue.
    public func openInterest(
        _ instrument: Instrument, receivedAt: UnixNanos
    ) async throws(VenueError) -> SideValue {
        try requireFutures()
        let query: HTTPQuery = ["symbol": try symbol(instrument)]
        let answer = try await get(BinanceOpenInterest.self, "openInterest", query).answer
        return try valid("openInterest") { () throws(SchemaError) in
            try answer.value(instrument, receivedAt: receivedAt)
        }
    }

    /// The open interest at the ends of candles of a timeframe from `from` on, before `to`, oldest first; at most 500, and
    /// no more than a month back.
    ///
    /// - Throws: ``VenueError/unsupported(venue:_:)`` for the spot venue, and for one-minute candles.
    public func openInterest(
        _ instrument: Instrument, _ timeframe: Timeframe, from: UnixNanos, to: UnixNanos
    ) async throws(VenueError) -> [SideValue] {
        try requireFutures()
        guard timeframe != .minute1 else {
            throw .unsupported(venue: venue, "open interest of \(timeframe.rawValue) candles")
        }
        var query = range(try symbol(instrument), from: from, to: to, limit: 500)
        query.append("period", timeframe.rawValue)
        let path = "/futures/data/openInterestHist"
        let rows = try await requests.get([BinanceOpenInterestRow].self, path, query, weight: 1).answer
        var values: [SideValue] = []
        for row in rows {
            do throws(SchemaError) { values.append(try row.value(instrument)) } catch {
                throw .malformed(requests.endpoint(path), "\(error)")
            }
        }
        return values
    }

    private func requireFutures() throws(VenueError) {
        guard product == .usdMargined else {
            throw .unsupported(venue: venue, "spot has neither funding nor open interest")
        }
    }

    private func range(_ symbol: String, from: UnixNanos, to: UnixNanos, limit: Int) -> HTTPQuery {
        var query = HTTPQuery()
        query.append("symbol", symbol)
        // The venue's bounds are inclusive and in milliseconds.
        query.append("startTime", UnixNanos(from.rawValue + 999_999).milliseconds)
        query.append("endTime", UnixNanos(to.rawValue - 1).milliseconds)
        query.append("limit", limit)
        return query
    }
}
