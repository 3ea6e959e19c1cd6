internal import Foundation
public import HTTP
public import Schema

/// Binance's public market data by REST.
public struct BinanceMarketData: Sendable {
    private let client: ResilientClient
    private let address: String
    private let timeouts: HTTPRequest.Timeouts

    /// Creates access to a venue.
    ///
    /// - Parameters:
    ///   - client: sends the requests; ``Binance/client(transport:clock:random:)`` makes one.
    ///   - address: scheme, host and port, without a path.
    ///   - timeouts: how long one attempt may take.
    public init(
        client: ResilientClient, address: String = Binance.address,
        timeouts: HTTPRequest.Timeouts = HTTPRequest.Timeouts()
    ) {
        self.client = client
        self.address = address.hasSuffix("/") ? String(address.dropLast()) : address
        self.timeouts = timeouts
    }

    /// Downloads closed candles, oldest first, up to 1000 a page.
    ///
    /// A candle that is still open at `asOf`, or by the venue's own clock when it answers, is left out; every closed
    /// one that the venue has in the range comes exactly once. Candles that the venue lacks are simply not there.
    ///
    /// `from` is the first open time wanted, `to` the first one not wanted, and `asOf` the time now, by our clock.
    ///
    /// - Throws: ``VenueError/unsupported(venue:_:)`` for an instrument of another venue. The pages throw the others.
    public func candles(
        _ instrument: Instrument, _ timeframe: Timeframe, from: UnixNanos, to: UnixNanos, asOf: UnixNanos
    ) throws(VenueError) -> CandlePages {
        try check(instrument)
        let cursor = BinanceKlineCursor(instrument: instrument, timeframe: timeframe, from: from, to: to, asOf: asOf)
        return CandlePages(BinanceCandlePager(cursor: cursor, venue: self))
    }

    /// Asks for the trading rules of an instrument.
    public func rules(of instrument: Instrument) async throws(VenueError) -> BinanceRules {
        try check(instrument)
        let symbol = instrument.base + instrument.quote
        let endpoint = VenueEndpoint(venue: Binance.venue, path: "/api/v3/exchangeInfo")
        let answer = try await get(endpoint, ["symbol": symbol], weight: 20)
        return try decode(BinanceRules.Answer.self, from: answer, endpoint).rules(of: symbol, endpoint)
    }

    private func check(_ instrument: Instrument) throws(VenueError) {
        guard instrument.venue == Binance.venue else {
            throw .unsupported(venue: Binance.venue, "\(instrument) belongs to another venue")
        }
    }

    func get(
        _ endpoint: VenueEndpoint, _ query: HTTPQuery, weight: Int
    ) async throws(VenueError) -> HTTPResponse {
        let request = HTTPRequest(
            url: "\(address)\(endpoint.path)?\(query.encoded)", headers: ["Accept": "application/json"],
            timeouts: timeouts)
        let response: HTTPResponse
        do throws(HTTPError) {
            response = try await client.send(request, weight: weight)
        } catch {
            throw .transport(endpoint, error)
        }
        guard response.isSuccess else { throw .refused(endpoint, BinanceErrors.refusal(response)) }
        return response
    }

    func decode<Value: Decodable>(
        _ type: Value.Type, from response: HTTPResponse, _ endpoint: VenueEndpoint
    ) throws(VenueError) -> Value {
        do {
            return try JSONDecoder().decode(type, from: Data(response.body))
        } catch {
            throw .malformed(endpoint, describe(error))
        }
    }
}

/// Fetches the pages of one download.
private struct BinanceCandlePager: CandlePager {
    var cursor: BinanceKlineCursor
    let venue: BinanceMarketData

    mutating func next() async throws(VenueError) -> CandlePage? {
        guard let query = cursor.query else { return nil }
        let endpoint = VenueEndpoint(venue: Binance.venue, path: "/api/v3/klines")
        let response = try await venue.get(endpoint, query, weight: 2)
        let rows = try venue.decode([BinanceKline].self, from: response, endpoint)
        do throws(BinanceKlineDisorder) {
            return try cursor.accept(rows, date: response.date)
        } catch {
            throw .malformed(endpoint, "row \(error.row), open time \(error.openTime), is out of order")
        }
    }
}

/// What was wrong with a body, and where in it.
private func describe(_ error: any Error) -> String {
    guard let error = error as? DecodingError else { return "\(error)" }
    func place(_ context: DecodingError.Context) -> String {
        let path = context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? ".\($0.stringValue)" }.joined()
        return "\(path.isEmpty ? "the body" : path): \(context.debugDescription)"
    }
    return switch error {
    case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context): place(context)
    case .keyNotFound(let key, let context): "\(place(context)) (\(key.stringValue))"
    @unknown default: "undecodable"
    }
}
