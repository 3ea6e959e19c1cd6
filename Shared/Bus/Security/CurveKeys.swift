internal import CZeroMQ

/// Whom a key belongs to, for all to see: the public half of a CURVE key pair.
public struct CurvePublicKey: Sendable, Hashable, CustomStringConvertible {
    /// 40 characters of Z85 (ZeroMQ RFC 32).
    public let text: String

    /// - Throws: ``BusError/key(role:reason:)`` for anything but 40 characters of Z85.
    public init(_ text: String) throws(BusError) {
        guard Z85.bytes(of: text) != nil else { throw .key(role: "", reason: "is not 40 characters of Z85") }
        self.text = text
    }

    /// - Parameter bytes: 32 bytes, as they come in a ZAP request.
    init?(bytes: [UInt8]) {
        guard let text = Z85.text(of: bytes) else { return nil }
        self.text = text
    }

    public var description: String { text }
}

/// A CURVE key pair.
///
/// What prints it prints the public half only.
public struct CurveKeys: Sendable, Equatable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public let publicKey: CurvePublicKey
    /// 40 characters of Z85.
    let secret: String

    /// Takes up a secret key; the public one follows from it.
    ///
    /// - Throws: ``BusError/key(role:reason:)`` for anything but 40 characters of Z85.
    init(secret: String) throws(BusError) {
        guard Z85.bytes(of: secret) != nil else { throw .key(role: "", reason: "is not 40 characters of Z85") }
        var text = [CChar](repeating: 0, count: 41)
        try check("zmq_curve_public") { zmq_curve_public(&text, secret) }
        publicKey = try CurvePublicKey(Z85.string(text))
        self.secret = secret
    }

    /// Draws a new pair, from the operating system's random source.
    ///
    /// - Throws: ``BusError/noCurve`` when this libzmq cannot.
    public static func generate() throws(BusError) -> CurveKeys {
        guard ZMQContext.hasCurve else { throw .noCurve }
        var publicText = [CChar](repeating: 0, count: 41)
        var secretText = [CChar](repeating: 0, count: 41)
        try check("zmq_curve_keypair") { zmq_curve_keypair(&publicText, &secretText) }
        return try CurveKeys(secret: Z85.string(secretText))
    }

    public var description: String { "CurveKeys(\(publicKey))" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: ["publicKey": publicKey.text]) }
}

/// Z85, the text form of keys: 32 bytes as 40 printable characters (ZeroMQ RFC 32).
enum Z85 {
    static let characters = Set(
        "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#".utf8)

    static func bytes(of text: String) -> [UInt8]? {
        guard text.utf8.count == 40, text.utf8.allSatisfy(characters.contains) else { return nil }
        var bytes = [UInt8](repeating: 0, count: 32)
        return zmq_z85_decode(&bytes, text) == nil ? nil : bytes
    }

    static func text(of bytes: [UInt8]) -> String? {
        guard bytes.count == 32 else { return nil }
        var text = [CChar](repeating: 0, count: 41)
        return zmq_z85_encode(&text, bytes, bytes.count) == nil ? nil : string(text)
    }

    static func string(_ text: [CChar]) -> String {
        String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
