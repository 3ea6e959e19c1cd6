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

    /// The window numbered `index` alone, `copies` times.
    func repeating(_ index: Int, copies: Int) -> ModelInputs {
        let size = windows.count / count
        var repeated = ModelInputs()
        for _ in 0..<copies {
            repeated.append(
                windows[index * size..<(index + 1) * size], asOf: moments[index], instrument: instruments[index])
        }
        return repeated
    }

    /// The same windows, where each has one feature's values from another window, in all of its rows.
    ///
    /// - Parameters:
    ///   - feature: The feature's place in a row of `features`.
    ///   - features: How many there are in a row.
    ///   - order: For each window, the number of the one whose values it gets.
    /// - Returns: As many windows, of the same moments and instruments.
    func exchanging(_ feature: Int, of features: Int, by order: [Int]) -> ModelInputs {
        let size = windows.count / count
        var exchanged = self
        for (window, other) in order.enumerated() {
            for place in stride(from: feature, to: size, by: features) {
                exchanged.windows[window * size + place] = windows[other * size + place]
            }
        }
        return exchanged
    }
}
