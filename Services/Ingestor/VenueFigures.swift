internal import ServiceKit
internal import Venues

/// Tells what the sessions of a venue have seen as metrics, which count on when sessions begin anew.
struct VenueFigures {
    private let labels: [String: String]
    private var told: [ServiceMetric.Series: Int] = [:]

    init(_ venue: Venue) { labels = ["venue": venue.rawValue] }

    /// Adds what has come since the report before; `statistics` are those of all connections.
    mutating func report(_ statistics: [MarketDataStatistics], to metrics: MetricsRegistry) {
        let figures: [(ServiceMetric, (MarketDataStatistics) -> Int)] = [
            (.venueMessages, \.messages), (.venueConnections, \.connections),
            (.venueConnectionsFailed, \.failedConnections), (.venueGaps, \.gaps),
            (.venueLosses, \.losses), (.venueBackfilled, \.backfilled), (.venueMalformed, \.malformed),
        ]
        for (metric, figure) in figures {
            let (series, sum) = (metric.series(labels), statistics.reduce(0) { $0 + figure($1) })
            metrics.add(series, Double(sum - told[series, default: 0]))
            told[series] = sum
        }
        guard let skew = statistics.lazy.compactMap(\.skew).first(where: { $0.uncertainty != nil }) else { return }
        metrics.set(.venueClockOffset, Double(skew.offset) / 1e9, labels: labels)
    }
}
