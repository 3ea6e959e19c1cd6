/// Why a websocket message was not read.
public enum VenueMessageError: Error, Equatable, Sendable {
    /// A message of a type that we do not claim to read, by the venue's name for it.
    case unclaimed(String)
    /// A message about a symbol that the feed was not made for, in the venue's spelling.
    case unknownSymbol(String)
    /// A message that is not what the venue documents; the text says what is wrong, and where.
    case malformed(String)
}

extension VenueMessageError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unclaimed(let type): "message of the unclaimed type \"\(type.prefix(64))\""
        case .unknownSymbol(let symbol): "message about the unknown symbol \"\(symbol.prefix(64))\""
        case .malformed(let reason): "malformed message: \(reason)"
        }
    }
}
