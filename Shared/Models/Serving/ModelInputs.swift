public import Schema

/// Windows of features that a model is asked about, each with what it belongs to.
public struct ModelInputs: Sendable {
    /// Shape `[count, window, features]`, unscaled, the oldest row of each window first.
    public private(set) var windows: [Float] = []
    /// When the newest row of each was knowable.
    public private(set) var moments: [UnixNanos] = []
    public private(set) var instruments: [Instrument] = []

    public init() {}

    public var count: Int { moments.count }

    public mutating func append(_ window: some Sequence<Float>, asOf moment: UnixNanos, instrument: Instrument) {
        windows += window
        moments.append(moment)
        instruments.append(instrument)
    }
}
