/// Every feature that there is.
///
/// One line here makes an indicator a feature: it can be named in the settings, is listed, hashed, stored with models, and
/// tested like all others (`Tests/FeaturesTests` goes through this list).
public enum FeatureCatalogue {
    public static let families: [FeatureFamily] =
        price + trend + momentum + volatility + volume + calendar + regimes + microstructure + flow + basket
        + crossTimeframe

    /// The family that gives a feature of this name, and the place of it among the family's.
    static func family(of output: String) -> (family: FeatureFamily, line: Int)? {
        index[output].map { (families[$0.family], $0.line) }
    }

    private static let index: [String: (family: Int, line: Int)] = {
        var index: [String: (family: Int, line: Int)] = [:]
        for (number, family) in families.enumerated() {
            for (line, output) in family.outputs.enumerated() {
                precondition(index[output.name] == nil, "two features are called \(output.name)")
                index[output.name] = (number, line)
            }
        }
        return index
    }()
}

extension FeatureCatalogue {
    /// The indicator of a full name, with its timeframe, as it is before its first bar.
    public static func indicator(named text: String) throws(FeaturesError) -> any BarIndicator {
        let name = try FeatureName(parsing: text)
        guard let (family, _) = family(of: name.output), case .bars(_, let make) = family.computation,
            let timeframe = name.timeframe
        else { throw .name(text, reason: "it is no indicator over bars") }
        return make(try family.values(name.parameters, of: text), timeframe)
    }

    /// The basket indicator of a full name, as it is before its first bar.
    static func basketIndicator(named text: String) throws(FeaturesError) -> any BasketIndicator {
        let name = try FeatureName(parsing: text)
        guard let (family, _) = family(of: name.output), case .basket(let make) = family.computation else {
            throw .name(text, reason: "it is no indicator over all instruments")
        }
        return make(try family.values(name.parameters, of: text))
    }
}
