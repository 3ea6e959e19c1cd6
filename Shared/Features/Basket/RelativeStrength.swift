/// Change of the close over some bars, less the mean of that over all instruments, as a fraction.
///
/// R. Levy, "Relative Strength as a Criterion for Investment Selection", Journal of Finance, 1967.
public struct RelativeStrength: BasketIndicator {
    private let length: Int
    private var states = BasketStates<RateOfChange>()

    public init(length: Int) { self.length = length }

    public var warmUp: Int { length + 1 }

    public mutating func update(_ members: [BasketMember]) -> [Double] {
        let changes = members.map { states[$0.instrument, RateOfChange(length: length)].update($0.bar.close).fraction }
        let mean = changes.meanOfNumbers
        return changes.map { $0 - mean }
    }
}

extension [Double] {
    /// The mean of those that are numbers; 0 where none is.
    var meanOfNumbers: Double {
        let numbers = filter { !$0.isNaN }
        return numbers.isEmpty ? 0 : numbers.reduce(0, +) / Double(numbers.count)
    }
}
