internal import HTTP
internal import Schema

/// Sends one venue's REST requests and reads the answers: the thin shell under every ``VenueMarketData``.
struct VenueRequests: Sendable {
    let venue: String
    let client: ResilientClient
    /// Scheme, host and port, without a path and a slash at the end.
    let address: String
    let timeouts: HTTPRequest.Timeouts
    /// The refusal that an unsuccessful response means.
    let refusal: @Sendable (HTTPResponse) -> VenueRefusal

    init(
        venue: String, client: ResilientClient, address: String, timeouts: HTTPRequest.Timeouts,
        refusal: @escaping @Sendable (HTTPResponse) -> VenueRefusal
    ) {
        self.venue = venue
        self.client = client
        self.address = address.hasSuffix("/") ? String(address.dropLast()) : address
        self.timeouts = timeouts
        self.refusal = refusal
    }

    /// Refuses an instrument of another venue.
    func check(_ instrument: Instrument) throws(VenueError) {
        guard instrument.venue == venue else {
            throw .unsupported(venue: venue, "\(instrument) belongs to another venue")
        }
    }

    func endpoint(_ path: String) -> VenueEndpoint { VenueEndpoint(venue: venue, path: path) }

    /// Asks, and reads the answer, which comes with the response that held it.
    func get<Answer: Decodable>(
        _ type: Answer.Type, _ path: String, _ query: HTTPQuery = [:], weight: Int
    ) async throws(VenueError) -> (answer: Answer, response: HTTPResponse) {
        let endpoint = endpoint(path)
        let parameters = query.encoded
        let request = HTTPRequest(
            url: "\(address)\(path)\(parameters.isEmpty ? "" : "?")\(parameters)",
            headers: ["Accept": "application/json"], timeouts: timeouts)
        let response: HTTPResponse
        do throws(HTTPError) {
            response = try await client.send(request, weight: weight)
        } catch {
            throw .transport(endpoint, error)
        }
        guard response.isSuccess else { throw .refused(endpoint, refusal(response)) }
        do {
            return (try decodeJSON(type, from: response.body), response)
        } catch {
            throw .malformed(endpoint, decodingPlace(error))
        }
    }
}

extension CandleCursor {
    /// Takes the rows of an answer, and turns rows out of order into the venue's error.
    mutating func accept(
        _ rows: [PublishedCandle], date: Int64?, _ endpoint: VenueEndpoint
    ) throws(VenueError) -> CandlePage {
        do throws(CandleDisorder) {
            return try accept(rows, date: date)
        } catch {
            throw .malformed(endpoint, "row \(error.row), open time \(error.openTime), is out of order")
        }
    }
}
