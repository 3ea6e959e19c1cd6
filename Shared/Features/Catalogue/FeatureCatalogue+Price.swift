internal import Schema

extension FeatureCatalogue {
    static let price: [FeatureFamily] = [
        .bars(
            [
                "open": "Open, in the price's unit.", "high": "High, in the price's unit.",
                "low": "Low, in the price's unit.", "close": "Close, in the price's unit.",
                "volume": "Volume, in base currency.", "typical-price": "Mean of high, low and close.",
            ], .price, source: "The bar itself"
        ) { _, _ in BarNumbers() },
        .bars(
            ["vwap": "Mean typical price by volume, in the price's unit."], .price, ["length": 24],
            source: "Berkowitz, Logue and Noser 1988"
        ) { p, _ in VolumeWeightedPrice(length: p[0]) },
        .bars(
            ["session-vwap": "The same since midnight UTC."], .price, source: "Berkowitz, Logue and Noser 1988"
        ) { _, _ in SessionVolumeWeightedPrice() },
        .bars(
            [
                "twap": "Mean of the bars' mean prices, in the price's unit.",
                "twap-close": "Mean of the closes, in the price's unit.",
            ], .price, ["length": 24], source: "Mean over time"
        ) { p, _ in TimeWeightedPrice(length: p[0]) },
        .bars(
            [
                "donchian-upper": "Highest high, in the price's unit.", "donchian-middle": "Mean of both edges.",
                "donchian-lower": "Lowest low, in the price's unit.",
            ], .price, ["length": 20], source: "Donchian 1960; TA-Lib MAX, MIN"
        ) { p, _ in DonchianChannel(length: p[0]) },
        .bars(
            [
                "volume-profile-distance": "Close above the price with the most volume, as a fraction of the close.",
                "volume-profile-position":
                    "Place of the close in the area with 70 % of the volume: 0 lower, 1 upper end.",
            ], .price, ["length": 100, "bins": 24], minimum: 2, source: "Steidlmayer 1984", cost: .length
        ) { p, _ in VolumeProfile(length: p[0], bins: p[1]) },
        .formula(
            "vwap-distance", "Close above its volume-weighted mean, as a fraction of that.", .price, ["length": 24],
            source: "Berkowitz, Logue and Noser 1988", of: { p, _ in ["close", "vwap_\(p[0])"] }
        ) { $0[0] / $0[1] - 1 },
        .formula(
            "session-vwap-distance", "Close above the day's volume-weighted mean, as a fraction of that.", .price,
            source: "Berkowitz, Logue and Noser 1988", of: { _, _ in ["close", "session-vwap"] }
        ) { $0[0] / $0[1] - 1 },
        .formula(
            "resistance-distance", "Rise from the primary close to the highest high of the bars, as a fraction of it.",
            .price, ["length": 50], source: "Donchian 1960",
            of: { p, place in ["close@\(place.primary.rawValue)", "donchian-upper_\(p[0])"] }
        ) { $0[1] / $0[0] - 1 },
        .formula(
            "support-distance", "Fall from the primary close to the lowest low of the bars, as a fraction of it.",
            .price, ["length": 50], source: "Donchian 1960",
            of: { p, place in ["close@\(place.primary.rawValue)", "donchian-lower_\(p[0])"] }
        ) { 1 - $0[1] / $0[0] },
        .formula(
            "spread-pressure", "High less low, as a fraction of the close.", .price, source: "Project specification F2",
            of: { _, _ in ["high", "low", "close"] }
        ) { ($0[0] - $0[1]) / $0[2] },
        .formula(
            "close-in-range", "Place of the close between low and high, 0…1; 0.5 in a bar without a range.", .price,
            source: "Project specification F2", of: { _, _ in ["close", "low", "high"] }
        ) { FeatureFamily.ratio($0[0] - $0[1], $0[2] - $0[1], otherwise: 0.5) },
    ]
}
