import Foundation

/// A figure of ours beside a peer's, measured in the same run.
struct Measurement: Sendable {
    let name: String
    let ours: Double
    /// `nil` where nobody does the same thing.
    let peer: Double?
    let peerName: String?
    let unit: String
    /// Ours by the peer's: above 1 is better for rates and worse for times.
    let ratio: Double?

    init(_ name: String, ours: Double, unit: String) {
        (self.name, self.ours, self.unit) = (name, ours, unit)
        (peer, peerName, ratio) = (nil, nil, nil)
    }

    init(_ name: String, ours: Double, peer: Double, of peerName: String, unit: String) {
        (self.name, self.ours, self.unit) = (name, ours, unit)
        (self.peer, self.peerName, ratio) = (peer, peerName, ours / peer)
    }

    /// Rounds in which ours and the peer took turns, so that a busy machine slows both.
    ///
    /// The ratio is the median of the rounds' ratios, and the figures are medians.
    init(_ name: String, rounds: [(ours: Double, peer: Double)], of peerName: String, unit: String) {
        (self.name, self.unit, self.peerName) = (name, unit, peerName)
        ours = Self.median(rounds.map(\.ours))
        peer = Self.median(rounds.map(\.peer))
        ratio = Self.median(rounds.map { $0.ours / $0.peer })
    }

    /// One object on one line, with the same keys for every measurement.
    func json() throws -> String {
        let object: [String: Any] = [
            "name": name, "ours": Self.rounded(ours), "unit": unit, "peer": peer.map(Self.rounded) ?? NSNull(),
            "peer_name": peerName ?? NSNull(), "ratio": ratio.map(Self.rounded) ?? NSNull(),
        ]
        let data = try JSONSerialization.data(
            withJSONObject: object, options: [.sortedKeys, .withoutEscapingSlashes])
        return String(decoding: data, as: UTF8.self)
    }

    /// To four digits, which is more than the machine is steady to.
    private static func rounded(_ value: Double) -> Any {
        guard value != 0, value.isFinite else { return value.isFinite ? 0 : NSNull() as Any }
        let scale = pow(10, 3 - floor(log10(abs(value))))
        return NSDecimalNumber(string: String(format: "%.10g", (value * scale).rounded() / scale))
    }

    static func median(_ values: [Double]) -> Double { percentile(values, 0.5) }

    /// The nearest-rank percentile.
    static func percentile(_ values: [Double], _ share: Double) -> Double {
        precondition(!values.isEmpty, "something was measured")
        let sorted = values.sorted()
        return sorted[min(sorted.count - 1, max(0, Int((share * Double(sorted.count)).rounded(.up)) - 1))]
    }
}
