internal import HTTP

/// Reads Kraken's refusals: status 200, and a body of `{"error": ["EQuery:Unknown asset pair"]}`.
///
/// Kraken, "Spot REST API", Error details.
enum KrakenErrors {
    private struct Body: Decodable {
        let error: [String]
    }

    /// What a response refuses, or `nil` when it refuses nothing.
    static func refusal(_ response: HTTPResponse) -> VenueRefusal? {
        let words = (try? decodeJSON(Body.self, from: response.body))?.error.filter {
            $0.hasPrefix("E")
        }
        guard let words, !words.isEmpty else {
            guard !response.isSuccess else { return nil }
            return VenueRefusal(
                reason: reason(status: response.status), status: response.status, code: nil,
                message: response.bodyExcerpt, retryAfter: response.retryAfter)
        }
        return VenueRefusal(
            reason: reason(words[0]), status: response.status, code: nil, message: words.joined(separator: ", "),
            retryAfter: response.retryAfter)
    }

    /// The meaning of an answer that does not come from Kraken's interface itself.
    private static func reason(status: Int) -> VenueRefusal.Reason {
        switch status {
        case 429: .rateLimit
        case 500...: .unavailable
        case 403: .authentication
        default: .other
        }
    }

    /// The meaning of an error, which is written `E<category>:<words>`.
    static func reason(_ error: String) -> VenueRefusal.Reason {
        switch error {
        case "EQuery:Unknown asset pair", "EQuery:Unknown asset": return .unknownInstrument
        case "EAPI:Rate limit exceeded", "EGeneral:Too many requests", "EGeneral:Temporary lockout": return .rateLimit
        case "EAPI:Invalid nonce": return .clock
        case "EGeneral:Internal error": return .unavailable
        case "EGeneral:Permission denied": return .authentication
        default: break
        }
        return switch error.prefix(while: { $0 != ":" }) {
        case "EService": .unavailable
        case "EAPI", "ESession", "EAuth": .authentication
        case "EOrder", "ETrade", "EFunding": .order
        case "EGeneral", "EQuery": .invalidRequest
        default: .other
        }
    }
}

/// Gives Kraken's refusals the status that every other venue's have, so that what retries by status can do its work.
///
/// A limit becomes 429, an unavailable service 503; everything else stays as it is.
struct KrakenStatusTransport: HTTPTransport {
    private let base: any HTTPTransport

    init(_ base: some HTTPTransport) { self.base = base }

    func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        let response = try await base.send(request)
        guard response.isSuccess, let refusal = KrakenErrors.refusal(response) else { return response }
        switch refusal.reason {
        case .rateLimit: return HTTPResponse(status: 429, headers: response.headers, body: response.body)
        case .unavailable: return HTTPResponse(status: 503, headers: response.headers, body: response.body)
        default: return response
        }
    }
}
