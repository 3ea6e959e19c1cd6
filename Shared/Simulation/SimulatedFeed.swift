internal import Pipeline
internal import Schema

/// A feed drawn from a seed: a few candles, now and then a control, then a watermark.
struct SimulatedFeed {
    let batches: [Batch]

    init(seed: UInt64, count: Int) throws(SchemaError) {
        var random = SplitMix64(seed: seed)
        let instruments = ["BTC", "ETH", "SOL"].map { Instrument("simulated.\($0)-USDT") }
        var position = FeedPosition.start
        var previous = FeedPosition.start
        var batches: [Batch] = []
        for index in 0..<count {
            var events: [Event] = []
            let openTime = UnixNanos(seconds: Int64(index) * 3600)
            for instrument in instruments where UInt8.random(in: 0..<10, using: &random) < 8 {
                let price = Double.random(in: 90...110, using: &random)
                position = position.next
                let candle = try Candle(
                    instrument: instrument, timeframe: .hour1, openTime: openTime, open: price, high: price + 1,
                    low: price - 1, close: price, volume: 1, source: .synthetic)
                events.append(Event(position: position, .candle(candle)))
            }
            if UInt8.random(in: 0..<20, using: &random) == 0 {
                position = position.next
                let control = Control(id: "c\(index)", change: .tradingStateChanged(.active, reason: ""))
                events.append(Event(position: position, .control(control)))
            }
            position = position.next
            let watermark = Watermark(
                position: position, previous: previous, time: openTime.advanced(by: Timeframe.hour1.nanoseconds))
            previous = position
            batches.append(Batch(events: events, watermark: watermark))
        }
        self.batches = batches
    }
}
