/// One complete message, put together from its fragments.
public struct WebSocketMessage: Sendable, Equatable {
    /// What the sender says the bytes are.
    public enum Kind: Sendable {
        /// Text in UTF-8, which has been checked.
        case text
        case binary
    }

    public let kind: Kind
    public let bytes: [UInt8]
    /// When its last byte was read off the socket, by the client's clock, in nanoseconds since 1970.
    public let receivedNanoseconds: Int64

    public init(_ kind: Kind, bytes: [UInt8], receivedNanoseconds: Int64) {
        self.kind = kind
        self.bytes = bytes
        self.receivedNanoseconds = receivedNanoseconds
    }
}
