internal import HTTP

/// Reads Coinbase's refusals: a status, and mostly a body of `{"error": "NOT_FOUND", "message": "…"}`.
enum CoinbaseErrors {
    private struct Body: Decodable {
        let error: String?
        let message: String?
    }

    /// The refusal that an unsuccessful response means.
    static func refusal(_ response: HTTPResponse) -> VenueRefusal {
        let body = try? decodeJSON(Body.self, from: response.body)
        return VenueRefusal(
            reason: reason(status: response.status, error: body?.error), status: response.status, code: nil,
            message: body?.message ?? body?.error ?? response.bodyExcerpt, retryAfter: response.retryAfter)
    }

    /// Coinbase has no numbers for errors, so the status decides, and the word where there is one.
    static func reason(status: Int, error: String?) -> VenueRefusal.Reason {
        switch status {
        case 429: return .rateLimit
        case 500...: return .unavailable
        case 401, 403: return .authentication
        // Public market data is asked for by product, so what is not found is the product.
        case 404: return .unknownInstrument
        default: break
        }
        return error == "INVALID_ARGUMENT" || status == 400 ? .invalidRequest : .other
    }
}
