public import Schema

/// An indicator that looks at all instruments of the feed at once, at the close of each primary bar.
public protocol BasketIndicator: Codable, Sendable, Equatable {
    associatedtype Output: IndicatorLines

    /// Primary bars of an instrument until its first value, that one's included.
    var warmUp: Int { get }

    /// Takes the bars that closed at one moment, in the order of the instruments, and gives the lines of each.
    mutating func update(_ members: [BasketMember]) -> [Output]
}

/// One instrument's bar among those of a moment.
public struct BasketMember: Sendable, Hashable {
    public let instrument: Instrument
    public let bar: Bar

    public init(instrument: Instrument, bar: Bar) {
        self.instrument = instrument
        self.bar = bar
    }
}

extension BasketIndicator {
    /// How many numbers it gives.
    var lineCount: Int { Output.count }

    /// The lines of each member, one after the other.
    mutating func values(_ members: [BasketMember]) -> [[Double]] {
        update(members).map { lines in (0..<Output.count).map { lines.line($0) } }
    }
}

/// What a basket indicator remembers of each instrument, in their order.
struct BasketStates<State: Codable & Sendable & Equatable>: Codable, Sendable, Equatable {
    private var instruments: [Instrument] = []
    private var states: [State] = []

    /// The state of an instrument, which begins as `fresh`.
    subscript(instrument: Instrument, fresh: @autoclosure () -> State) -> State {
        get { index(of: instrument).map { states[$0] } ?? fresh() }
        _modify {
            let place: Int
            if let known = index(of: instrument) {
                place = known
            } else {
                place = instruments.firstIndex { instrument < $0 } ?? instruments.endIndex
                instruments.insert(instrument, at: place)
                states.insert(fresh(), at: place)
            }
            yield &states[place]
        }
    }

    private func index(of instrument: Instrument) -> Int? { instruments.firstIndex(of: instrument) }
}
