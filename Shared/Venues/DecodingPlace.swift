internal import Schema

/// Reads a websocket message.
func decodeMessage<Value: Decodable>(
    _ type: Value.Type, from message: [UInt8]
) throws(VenueMessageError) -> Value {
    do {
        return try decodeJSON(type, from: message)
    } catch {
        throw .malformed(decodingPlace(error))
    }
}

/// Turns a value that breaks a rule of the schema into a message that cannot be read.
func valid<Value>(_ value: () throws(SchemaError) -> Value) throws(VenueMessageError) -> Value {
    do throws(SchemaError) { return try value() } catch { throw .malformed("\(error)") }
}

/// What was wrong with a JSON text, and where in it.
func decodingPlace(_ error: any Error) -> String {
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

extension DecodingError {
    /// A value that is not what it should be, at the place where a decoder stands.
    static func value(_ decoder: any Decoder, _ reason: String) -> DecodingError {
        .dataCorrupted(Context(codingPath: decoder.codingPath, debugDescription: reason))
    }
}
