import HTTP
import Schema
import TestKit
import Venues

/// A transport that gives one answer to every request, without a socket.
struct CannedTransport: HTTPTransport {
    let response: HTTPResponse

    init(_ body: [UInt8], status: Int = 200) { response = HTTPResponse(status: status, body: body) }

    func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse { response }
}

/// The pairs of Kraken as they were listed when its streams were recorded.
func recordedKrakenListings() async throws -> VenueListings {
    let body = try Recording.answers(cryptofeed: "KRAKEN.0")[0].body
    let client = Kraken.client(transport: CannedTransport(body), clock: SkippingClock(), random: SplitMix64(seed: 1))
    return try await KrakenMarketData(client: client).allListings()
}
