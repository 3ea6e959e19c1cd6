internal import HTTP

/// Reads Gemini's refusals: a status, and a body of `{"result": "error", "reason": "InvalidSymbol", "message": "…"}`.
///
/// Gemini, "REST API", Error Codes.
enum GeminiErrors {
    private struct Body: Decodable {
        let reason: String?
        let message: String?
    }

    /// The refusal that an unsuccessful response means.
    static func refusal(_ response: HTTPResponse) -> VenueRefusal {
        let body = try? decodeJSON(Body.self, from: response.body)
        return VenueRefusal(
            reason: reason(status: response.status, word: body?.reason), status: response.status, code: nil,
            message: body?.message ?? body?.reason ?? response.bodyExcerpt, retryAfter: response.retryAfter)
    }

    /// The word decides where it is known, and the status otherwise.
    static func reason(status: Int, word: String?) -> VenueRefusal.Reason {
        switch word {
        case "InvalidSymbol": return .unknownInstrument
        case "RateLimit", "RateLimited": return .rateLimit
        case "Maintenance", "System": return .unavailable
        case "InvalidNonce": return .clock
        case "InvalidSignature", "MissingApikeyHeader", "MissingRole": return .authentication
        case "InsufficientFunds", "OrderNotFound", "InvalidQuantity", "InvalidPrice", "MarketNotOpen": return .order
        default: break
        }
        return switch status {
        case 429: .rateLimit
        case 500...: .unavailable
        case 400, 406: .invalidRequest
        case 403: .authentication
        case 404: .unknownInstrument
        default: .other
        }
    }
}
