/// The numbers of a sample, sorted.
struct Sample: Sendable, Equatable {
    let values: [Double]

    /// - Throws: ``FeaturesError/sample(_:)`` when there is none, or one is not finite.
    init(_ values: [Double]) throws(FeaturesError) {
        guard !values.isEmpty else { throw .sample("it is empty") }
        guard values.allSatisfy(\.isFinite) else { throw .sample("it has numbers that are not finite") }
        self.values = values.sorted()
    }

    var count: Int { values.count }

    /// Calls `body` with each value of either sample, from the least on, and how many of each sample are not above it.
    static func walk(_ first: Sample, _ second: Sample, _ body: (Double, Int, Int) -> Void) {
        var (ofFirst, ofSecond) = (0, 0)
        while ofFirst < first.count || ofSecond < second.count {
            let next = min(
                ofFirst < first.count ? first.values[ofFirst] : .infinity,
                ofSecond < second.count ? second.values[ofSecond] : .infinity)
            while ofFirst < first.count, first.values[ofFirst] == next { ofFirst += 1 }
            while ofSecond < second.count, second.values[ofSecond] == next { ofSecond += 1 }
            body(next, ofFirst, ofSecond)
        }
    }
}
