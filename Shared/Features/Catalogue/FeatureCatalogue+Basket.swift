extension FeatureCatalogue {
    static let basket: [FeatureFamily] = [
        .basket(
            ["basket-correlation": "Correlation of the log returns with the mean of the others', −1…1."],
            ["length": 168], minimum: 2, source: "Pearson's coefficient"
        ) { p in BasketCorrelation(length: p[0]) },
        .basket(
            ["relative-strength": "Change of the close less the mean over all instruments, as a fraction."],
            ["length": 24], source: "Levy 1967"
        ) { p in RelativeStrength(length: p[0]) },
        .basket(
            [
                "sector-strength": "Change of the own sector less that of all instruments, as a fraction.",
                "layer-1-strength": "The same of layer-1 coins.", "defi-strength": "The same of DeFi coins.",
                "meme-strength": "The same of meme coins.",
            ], ["length": 24], source: "Moskowitz and Grinblatt 1999"
        ) { p in SectorRotation(length: p[0]) },
        .basket(
            [
                "breadth-tick": "Rising less falling instruments, as a fraction of all, −1…1.",
                "breadth-trin": "Logarithm of the ratio of their numbers over the ratio of their turnovers.",
            ], source: "Arms 1967"
        ) { _ in Breadth() },
    ]
}
