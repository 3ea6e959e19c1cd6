internal import Market

/// The indicators of one instrument: a value, as an array of them is.
///
/// Whether a copy shares it is asked once a bar. The indicators lie where they stay, and hold the memory of their windows:
/// to ask at each indicator, and at each window of each, takes longer than most of them.
struct IndicatorBank: Sendable {
    private var owner: Owner

    /// Creates a bank of indicators as they are, in this order.
    init(_ indicators: some Sequence<StoredIndicator>) { owner = Owner(indicators) }

    var indicators: [StoredIndicator] { owner.stored }

    /// Runs some indicators over a bar, and writes their lines to `values`.
    ///
    /// - Parameters:
    ///   - runs: Which, and where each one's lines go.
    ///   - bar: Of their timeframe.
    ///   - values: Of all slots.
    mutating func step(_ runs: [FeaturePlan.Run], over bar: Bar, into values: UnsafeMutablePointer<Double>) {
        makeOwn()
        owner.step(runs, over: bar, into: values)
    }

    /// Shows some indicators something that happened between bars.
    mutating func observe(_ event: MarketEvent, by sources: [Int]) {
        makeOwn()
        for source in sources { owner.placed[source].observe(event) }
    }

    private mutating func makeOwn() {
        if !isKnownUniquelyReferenced(&owner) { owner = Owner(owner.stored) }
    }

    // The value has the only reference, or makes new ones before it writes: so it is safe to send.
    private final class Owner: @unchecked Sendable {
        let names: [String]
        let placed: [PlacedIndicator]

        init(_ indicators: some Sequence<StoredIndicator>) {
            names = indicators.map(\.name)
            placed = indicators.map { PlacedIndicator($0.indicator) }
        }

        deinit { for indicator in placed { indicator.remove() } }

        var stored: [StoredIndicator] { zip(names, placed).map { StoredIndicator(name: $0, indicator: $1.indicator) } }

        func step(_ runs: [FeaturePlan.Run], over bar: Bar, into values: UnsafeMutablePointer<Double>) {
            for run in runs { placed[run.source].step(bar, into: values + run.slot) }
        }
    }
}

extension IndicatorBank: Equatable {
    static func == (lhs: Self, rhs: Self) -> Bool { lhs.owner === rhs.owner || lhs.indicators == rhs.indicators }
}

extension IndicatorBank: Codable {
    init(from decoder: any Decoder) throws { self.init(try [StoredIndicator](from: decoder)) }

    func encode(to encoder: any Encoder) throws { try indicators.encode(to: encoder) }
}

/// An indicator that is changed where it lies, and its type: nothing of which references are counted when it is used.
private struct PlacedIndicator {
    private let type: any BarIndicator.Type
    private let place: UnsafeMutableRawPointer

    init(_ indicator: any BarIndicator) {
        type = Swift.type(of: indicator)
        place = indicator.placed()
    }

    /// A copy, which must be gone when the next bar comes, or have taken the memory of its windows for itself.
    var indicator: any BarIndicator { type.copy(at: place) }
    func step(_ bar: Bar, into values: UnsafeMutablePointer<Double>) { type.step(at: place, bar, into: values) }
    func observe(_ event: MarketEvent) { type.observe(at: place, event) }
    /// Ends it: nothing else may be asked afterwards.
    func remove() { type.remove(at: place) }
}

extension BarIndicator {
    /// Puts a copy to a place of its own, where it holds the memory of its windows.
    fileprivate func placed() -> UnsafeMutableRawPointer {
        let place = UnsafeMutablePointer<Self>.allocate(capacity: 1)
        place.initialize(to: self)
        place.pointee.hold()
        return UnsafeMutableRawPointer(place)
    }

    fileprivate static func copy(at place: UnsafeMutableRawPointer) -> any BarIndicator {
        place.assumingMemoryBound(to: Self.self).pointee
    }

    fileprivate static func step(
        at place: UnsafeMutableRawPointer, _ bar: Bar, into values: UnsafeMutablePointer<Double>
    ) {
        place.assumingMemoryBound(to: Self.self).pointee.step(bar, into: values)
    }

    fileprivate static func observe(at place: UnsafeMutableRawPointer, _ event: MarketEvent) {
        place.assumingMemoryBound(to: Self.self).pointee.observe(event)
    }

    fileprivate static func remove(at place: UnsafeMutableRawPointer) {
        place.assumingMemoryBound(to: Self.self).deinitialize(count: 1)
        place.deallocate()
    }
}
