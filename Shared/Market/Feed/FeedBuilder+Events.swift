public import Schema

extension FeedBuilder {
    /// Takes what a source itself found wrong.
    public mutating func accept(_ anomalies: [Anomaly]) { state.anomalies += anomalies }

    /// Takes what happens between candles, in any order; what comes too late for its place becomes an anomaly.
    public mutating func accept(_ events: [MarketEvent]) {
        for event in events { accept(event) }
    }

    private mutating func accept(_ event: MarketEvent) {
        func refuse(_ kind: Anomaly.Kind, _ detail: String) {
            state.anomalies.append(
                Anomaly(
                    kind: kind, instrument: event.instrument?.name ?? "", timeframe: settings.base,
                    time: event.visibleFrom, detail: "\(event.message.kind.stream): \(detail)"))
        }
        if let instrument = event.instrument, indices[instrument.name] == nil {
            return refuse(.unknownInstrument, "the feed was not asked for it")
        }
        if let time = state.time, event.visibleFrom <= time { return refuse(.late, "the watermark is at \(time)") }
        waiting.append(event)
    }

    /// Takes out what stands before the candles of a moment, in order; of what is equal, what came first.
    mutating func due(by moment: UnixNanos) -> [MarketEvent] {
        guard !waiting.isEmpty else { return [] }
        let isDue = { (event: MarketEvent) in event.visibleFrom <= moment }
        let due = waiting.enumerated().filter { isDue($0.element) }.sorted {
            ($0.element.visibleFrom, $0.offset) < ($1.element.visibleFrom, $1.offset)
        }
        waiting.removeAll(where: isDue)
        return due.map(\.element)
    }
}
