import Market
import Pipeline
import Schema

/// Made-up trades, quotes, books, side values and headlines for the tests of what looks at them.
enum MarketEvents {
    /// Several of each kind in most hours, in order of time, some of them at the very close of a candle.
    static func made(
        for instruments: [Instrument], steps: [(time: UnixNanos, rows: [CandleRow])], seed: UInt64
    ) -> [MarketEvent] {
        var random = SplitMix64(seed: seed ^ 0xE7E7)
        func unit() -> Double { Double(random.next() >> 11) / Double(1 << 53) }
        var events: [MarketEvent] = []
        for step in steps.dropFirst(steps.count / 3) {
            for row in step.rows where unit() < 0.9 {
                let instrument = Instrument(row.instrument)
                for _ in 0..<Int(1 + 4 * unit()) {
                    let isAtClose = unit() < 0.05
                    let offset = isAtClose ? 0 : -Int64(unit() * 3.5e12) - 1
                    let time = step.time.advanced(by: offset)
                    do {
                        events.append(try made(at: time, of: instrument, around: row.close, unit))
                    } catch {
                        preconditionFailure("\(error)")
                    }
                }
            }
        }
        return events.enumerated().sorted { ($0.element.visibleFrom, $0.offset) < ($1.element.visibleFrom, $1.offset) }
            .map(\.element)
    }

    private static func made(
        at time: UnixNanos, of instrument: Instrument, around price: Double, _ unit: () -> Double
    ) throws -> MarketEvent {
        switch Int(unit() * 10) {
        case 0...3:
            let aggressors = Trade.Aggressor.allCases
            return .trade(
                try Trade(
                    instrument: instrument, id: "\(unit())", price: price * (0.999 + 0.002 * unit()),
                    quantity: 1 + 300_000 * unit() * unit() * unit() / price,
                    aggressor: aggressors[Int(unit() * Double(aggressors.count))], eventTime: time, receiveTime: time))
        case 4...6:
            let bid = price * (0.999 + 0.001 * unit())
            return .quote(
                Quote(
                    instrument: instrument, bid: try BookLevel(price: bid, quantity: unit()),
                    ask: try BookLevel(price: bid * (1 + 0.001 * unit()), quantity: unit()), eventTime: time,
                    receiveTime: time))
        case 7:
            func side(_ sign: Double) throws -> [BookLevel] {
                try (1...5).map { try BookLevel(price: price * (1 + sign * Double($0) / 1000), quantity: unit()) }
            }
            return .book(
                Book(instrument: instrument, bids: try side(-1), asks: try side(1), eventTime: time, receiveTime: time))
        case 8:
            let series = SideValue.Series.allCases[Int(unit() * Double(SideValue.Series.allCases.count))]
            return .side(
                try SideValue(
                    series: series, instrument: instrument, value: unit() + (series == .fundingRate ? -0.5 : 0.1),
                    time: time.advanced(by: -1), knownAt: time))
        default:
            let words = ["great", "terrible", "gains", "crash", "the", "not", "very", "bitcoin", "good", "bad"]
            let text = (0..<6).map { _ in words[Int(unit() * Double(words.count))] }.joined(separator: " ")
            return .headline(try Headline(source: "test", text: text, time: time, knownAt: time))
        }
    }

    /// Puts events where the feed has them: before the candles of the first moment that they precede.
    static func place(_ events: [MarketEvent], into batches: [Batch]) -> [Batch] {
        var rest = events[...]
        return batches.map { batch in
            var placed: [Event] = []
            func place(before moment: UnixNanos, at position: FeedPosition) {
                while let event = rest.first, event.visibleFrom <= moment {
                    placed.append(Event(position: position, event.message))
                    rest.removeFirst()
                }
            }
            for event in batch.events {
                if case .candle(let candle) = event.message { place(before: candle.closeTime, at: event.position) }
                placed.append(event)
            }
            return Batch(events: placed, watermark: batch.watermark)
        }
    }

    /// The same event with other numbers.
    static func changed(_ event: MarketEvent) -> MarketEvent {
        do {
            switch event {
            case .trade(let trade):
                return .trade(
                    try Trade(
                        instrument: trade.instrument, id: trade.id, price: trade.price * 2,
                        quantity: trade.quantity * 3,
                        aggressor: trade.aggressor == .buyer ? .seller : .buyer, eventTime: trade.eventTime,
                        receiveTime: trade.receiveTime))
            case .quote(let quote):
                return .quote(
                    Quote(
                        instrument: quote.instrument, bid: try BookLevel(price: quote.bid.price, quantity: 7),
                        ask: try BookLevel(price: quote.ask.price * 1.5, quantity: 1), eventTime: quote.eventTime,
                        receiveTime: quote.receiveTime))
            case .book(let book):
                return .book(
                    Book(
                        instrument: book.instrument, bids: [], asks: book.asks, eventTime: book.eventTime,
                        receiveTime: book.receiveTime))
            case .side(let value):
                return .side(
                    try SideValue(
                        series: value.series, instrument: value.instrument, value: value.value * 3, time: value.time,
                        knownAt: value.knownAt))
            case .headline(let headline):
                return .headline(
                    try Headline(
                        source: headline.source, text: "horrible terrible crash", time: headline.time,
                        knownAt: headline.knownAt))
            }
        } catch {
            preconditionFailure("\(error)")
        }
    }
}
