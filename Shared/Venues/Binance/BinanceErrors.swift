internal import HTTP

/// Reads Binance's refusals: a status, and mostly a body of `{"code": -1121, "msg": "Invalid symbol."}`.
///
/// Binance, "Spot API documentation", Error Codes.
enum BinanceErrors {
    private struct Body: Decodable {
        let code: Int
        let msg: String
    }

    /// The refusal that an unsuccessful response means.
    static func refusal(_ response: HTTPResponse) -> VenueRefusal {
        let body = try? decodeJSON(Body.self, from: response.body)
        return VenueRefusal(
            reason: reason(status: response.status, code: body?.code), status: response.status, code: body?.code,
            message: body?.msg ?? response.bodyExcerpt, retryAfter: response.retryAfter)
    }

    /// The status decides where it is specific; the code decides the rest.
    static func reason(status: Int, code: Int?) -> VenueRefusal.Reason {
        switch status {
        case 429, 418, 403: return .rateLimit
        case 500...: return .unavailable
        default: break
        }
        return switch code {
        case -1003, -1015: .rateLimit
        case -1000, -1001, -1006, -1007, -1008, -1016: .unavailable
        case -1002, -1022, -2014, -2015: .authentication
        case -1021: .clock
        case -1121: .unknownInstrument
        case .some(-1199 ... -1100): .invalidRequest
        case -1013, -1020, .some(-2013 ... -2010), -2016: .order
        default: .other
        }
    }
}
