public import HTTP

/// One function of a venue's interface.
public struct VenueEndpoint: Sendable, Equatable, CustomStringConvertible {
    /// The venue's name, as in ``Schema/Instrument/venue``.
    public let venue: String
    /// The path, without host and query.
    public let path: String

    public init(venue: String, path: String) { (self.venue, self.path) = (venue, path) }

    public var description: String { "\(venue) \(path)" }
}

/// A venue's answer that it will not do what was asked.
public struct VenueRefusal: Sendable, Equatable {
    /// What a caller can do about it, the same for every venue.
    public enum Reason: String, Sendable, CaseIterable {
        case unknownInstrument
        /// The request breaks the venue's rules; sending it again is useless.
        case invalidRequest
        /// Key, signature or permission.
        case authentication
        /// Our clock is too far from the venue's.
        case clock
        /// Too many requests, or banned for them.
        case rateLimit
        /// The venue is down, busy or in maintenance; for an order the outcome is unknown.
        case unavailable
        /// The order breaks a trading rule, lacks funds, or does not exist.
        case order
        case other
    }

    public let reason: Reason
    /// The HTTP status.
    public let status: Int
    /// The venue's own number for the error, where it has one.
    public let code: Int?
    /// The venue's own words.
    public let message: String
    /// How long the venue asks to be left alone.
    public let retryAfter: Duration?

    public init(reason: Reason, status: Int, code: Int?, message: String, retryAfter: Duration? = nil) {
        self.reason = reason
        self.status = status
        self.code = code
        self.message = message
        self.retryAfter = retryAfter
    }
}

/// Why a venue gave no usable answer.
public enum VenueError: Error, Equatable, Sendable {
    /// No complete answer came.
    case transport(VenueEndpoint, HTTPError)
    /// The venue answered that it will not.
    case refused(VenueEndpoint, VenueRefusal)
    /// The venue answered something that is not what it documents; the text says what was wrong, and where.
    case malformed(VenueEndpoint, String)
    /// The venue does not have what was asked for; nothing was sent.
    case unsupported(venue: String, String)
}

extension VenueError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .transport(let endpoint, let error): "\(endpoint): \(error)"
        case .refused(let endpoint, let refusal):
            "\(endpoint): refused, \(refusal.reason.rawValue), status \(refusal.status)"
                + "\(refusal.code.map { ", code \($0)" } ?? ""): \(refusal.message)"
        case .malformed(let endpoint, let reason): "\(endpoint): malformed answer: \(reason)"
        case .unsupported(let venue, let reason): "\(venue): \(reason)"
        }
    }
}
