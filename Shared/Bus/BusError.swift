public import Schema

/// What goes wrong on the bus and in its recordings.
public enum BusError: Error, Equatable, Sendable {
    /// A libzmq call failed.
    case socket(ZMQError)
    /// Somebody else listens there already.
    case addressInUse(endpoint: String)
    /// Not an endpoint that this system can use.
    case endpoint(String, reason: String)
    /// A host name that has no address now.
    case host(String, reason: String)
    /// Frames, a request or a page that are not what they should be.
    case malformed(Malformation)
    /// A message of a schema version that this build does not read.
    case schemaVersion(kind: UInt16, received: UInt16, understood: UInt16)
    /// A message kind that this build does not know.
    case unknownKind(UInt16)
    /// A payload that its schema refuses.
    case payload(SchemaError)
    /// The consumer fell behind by a full buffer; carrying on would work on old news.
    case tooSlow(buffered: Int)
    /// A key or a folder of keys that cannot be used.
    case key(role: String, reason: String)
    /// This libzmq was built without CURVE.
    case noCurve
    /// The operating system refused a file operation.
    case file(path: String, operation: String, code: Int32)
    /// A file that is not a recording, or not one that this build reads.
    case recording(reason: String)
    /// A recording is damaged in the middle, at this offset in bytes.
    case corruptRecording(offset: Int)
    /// A batch of a log, by its number, lacks messages.
    case incompleteBatch(number: UInt64, received: Int, expected: Int)

    /// What is wrong with bytes that came from outside.
    public enum Malformation: Error, Equatable, Sendable {
        /// A message has three frames.
        case frameCount(Int)
        /// An envelope has ``Schema/Envelope/byteCount`` bytes.
        case envelope(byteCount: Int)
        /// The topic frame is not the topic of the message in the payload.
        case topic
        /// The envelope contradicts the payload.
        case mismatch(String)
        /// A recovery request or page ends too early, goes on too long or says something impossible.
        case recovery(String)
    }
}

extension BusError: CustomStringConvertible {
    /// Leaves out what a message, a file or a setting held; `debugDescription` has it.
    public var description: String {
        switch self {
        case .socket(let error): error.description
        case .addressInUse: "address in use"
        case .endpoint(_, let reason): "endpoint: \(reason)"
        case .host(_, let reason): "host name: \(reason)"
        case .malformed(let malformation): "malformed: \(malformation)"
        case .schemaVersion(let kind, let received, let understood):
            "kind \(kind) has schema version \(received), this build reads \(understood)"
        case .unknownKind(let kind): "message kind \(kind) is unknown"
        case .payload: "the schema refuses the payload"
        case .tooSlow(let buffered): "too slow: \(buffered) messages are waiting"
        case .key(_, let reason): "key: \(reason)"
        case .noCurve: "libzmq has no CURVE"
        case .file(_, let operation, let code): "\(operation): error \(code)"
        case .recording(let reason): "recording: \(reason)"
        case .corruptRecording(let offset): "recording is damaged at byte \(offset)"
        case .incompleteBatch(let number, let received, let expected):
            "batch \(number) has \(received) of \(expected) messages"
        }
    }
}

extension BusError: CustomDebugStringConvertible {
    public var debugDescription: String {
        switch self {
        case .addressInUse(let endpoint): "address in use: \(endpoint)"
        case .endpoint(let endpoint, let reason): "endpoint \"\(endpoint)\": \(reason)"
        case .host(let name, let reason): "host name \"\(name)\": \(reason)"
        case .payload(let error): "the schema refuses the payload: \(error)"
        case .key(let role, let reason): "key of \"\(role)\": \(reason)"
        case .file(let path, let operation, let code): "\(operation) \(path): error \(code)"
        default: description
        }
    }
}
