internal import Schema

extension FeatureCatalogue {
    static let microstructure: [FeatureFamily] = [
        .bars(
            [
                "order-flow-imbalance": "Added and removed at the best prices for a rise less against it, −1…1.",
                "relative-spread": "Mean of ask less bid, as a fraction of the price.",
                "queue-imbalance": "Mean of the bid's less the ask's amount, as a fraction of both, −1…1.",
            ], .microstructure, source: "Cont, Kukanov and Stoikov 2014", observes: true
        ) { _, _ in QuoteFlow() },
        .bars(
            ["book-pressure": "Depth of the bids less the asks over ten levels, as a fraction of both, −1…1."],
            .microstructure, source: "Cartea, Jaimungal and Penalva 2015", observes: true
        ) { _, _ in BookPressure() },
        .bars(
            [
                "trade-imbalance": "Bought less sold across the spread, as a fraction of both, −1…1.",
                "tick-rule": "Trades above less below the one before, as a fraction of all, −1…1.",
                "price-pressure": "What buyers paid above what sellers got, by amount, as a fraction of the close.",
            ], .microstructure, source: "Lee and Ready 1991", observes: true
        ) { _, _ in TradeFlow() },
        .bars(
            [
                "large-trade-share-1k": "Share of the turnover in trades of 1,000 or more, 0…1.",
                "large-trade-share-10k": "Share of the turnover in trades of 10,000 or more, 0…1.",
                "large-trade-share-100k": "Share of the turnover in trades of 100,000 or more, 0…1.",
                "large-trade-balance-1k": "Bought less sold in those of 1,000 or more, of the turnover, −1…1.",
                "large-trade-balance-10k": "Bought less sold in those of 10,000 or more, of the turnover, −1…1.",
                "whale-movement": "Bought less sold in those of 100,000 or more, of the turnover, −1…1.",
            ], .microstructure, ["length": 24], source: "Project specification F4, F7", observes: true
        ) { p, _ in LargeTrades(length: p[0]) },
    ]

    static let flow: [FeatureFamily] = [
        .bars(
            [
                "funding-rate": "Newest funding rate, as a fraction.",
                "funding-z": "The same above the mean of the newest ones, in their deviations.",
            ], .flow, ["length": 90], minimum: 2, source: "Project specification F7", observes: true
        ) { p, _ in FundingRate(length: p[0]) },
        .bars(
            ["open-interest-change": "Change of the open interest over the bars, as a fraction."], .flow,
            ["length": 24], source: "Project specification F7", observes: true
        ) { p, _ in SideChange(.openInterest, length: p[0]) },
        .bars(
            [
                "liquidation-balance": "Shorts less longs closed by force, as a fraction of both, −1…1.",
                "liquidation-cluster": "Logarithm of one plus the bar's liquidations over their mean.",
                "cascade-probability": "Probability of a further liquidation within a bar, 0…1.",
            ], .flow, ["length": 24], source: "Hawkes 1971", observes: true
        ) { p, _ in Liquidations(length: p[0]) },
        .bars(
            ["active-addresses-change": "Change of the number of active addresses, as a fraction."], .flow,
            ["length": 168], source: "Project specification F7", observes: true
        ) { p, _ in SideChange(.activeAddresses, length: p[0]) },
        .bars(
            ["nvt": "Network value over the value transferred in a day."], .flow,
            source: "Woo 2017, network value to transactions", observes: true
        ) { _, _ in SideLevel(.networkValueToTransactions) },
        .bars(
            ["fear-and-greed": "Fear and greed index, 0…100."], .flow, source: "Alternative.me", observes: true
        ) { _, _ in SideLevel(.fearAndGreed) },
        .bars(
            [
                "sentiment": "Mean of how the headlines of the bars sound, newer ones counting more, −1…1.",
                "sentiment-change": "The same less what it was as many bars before, −2…2.",
                "headline-count": "Logarithm of one plus the bar's headlines over their mean.",
            ], .flow, ["length": 24], source: "Hutto and Gilbert 2014, VADER", cost: .length, observes: true,
            mayBeMissing: false
        ) { p, _ in HeadlineSentiment(length: p[0]) },
    ]
}
