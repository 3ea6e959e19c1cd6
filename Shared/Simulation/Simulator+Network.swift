internal import Pipeline
internal import Schema

/// The network between the processes: what it loses, doubles and delays.
extension Simulator {
    mutating func publish(_ batch: LogBatch, from index: Int) {
        expectIntents(of: batch, from: index)
        for entry in batch.entries { send(.entry(entry), from: index) }
        send(.watermark(batch.watermark, number: batch.number), from: index)
    }

    /// Whoever hears of an intent must find it stored.
    mutating func expectIntents(of batch: LogBatch, from index: Int) {
        guard places[index].service == Topology.riskGate else { return }
        for entry in batch.entries where entry.event.message.kind == Self.intent {
            guard store.has(entry, of: batch, by: Topology.riskGate) else {
                failure = "an intent of batch \(batch.watermark.position) was heard of before it was stored"
                return
            }
        }
    }

    mutating func send(_ delivery: Happening.Delivery, from index: Int) {
        for consumer in places.indices {
            guard let source = places[consumer].sources.firstIndex(of: index) else { continue }
            transmit(from: index, to: consumer, .message(to: consumer, source: source, delivery))
        }
    }

    mutating func send(_ request: RecoveryRequest, from index: Int, to producer: Int) {
        transmit(from: producer, to: index, .request(to: producer, request))
    }

    mutating func reply(_ page: RecoveryPage, from index: Int, to consumer: String) {
        guard let to = places.firstIndex(where: { $0.name == consumer }),
            let source = places[to].sources.firstIndex(of: index)
        else { return }
        for batch in page.batches { expectIntents(of: batch, from: index) }
        transmit(from: index, to: to, .page(to: to, source: source, page))
    }

    mutating func transmit(from producer: Int, to consumer: Int, _ what: Happening.What) {
        let isCalm = now >= Self.calm
        if !isCalm {
            let isCut = cut[producer * places.count + consumer, default: 0] > now
            if isCut || Double.random(in: 0..<1, using: &random) < weather.loss {
                counts.lost += 1
                return
            }
            if Double.random(in: 0..<1, using: &random) < weather.duplication {
                counts.duplicated += 1
                schedule(after: Int.random(in: 1...weather.delay, using: &random), what)
            }
        }
        let slowness = consumer == slow && !isCalm ? weather.slowness : 1
        schedule(after: Int.random(in: 1...weather.delay, using: &random) * slowness, what)
    }

    mutating func deliver(_ delivery: Happening.Delivery, to index: Int, source: Int) {
        guard nodes[index] != nil else { return }
        switch delivery {
        case .entry(let entry):
            if fault == .uncountedBatches {
                delivered[index * 64 + source, default: [:]][entry.event.message.topic, default: 0] += 1
            }
            nodes[index]?.receive(entry, from: source)
        case .watermark(let watermark, let number):
            let watermark = uncounted(watermark, index, source)
            nodes[index]?.receive(watermark, number: number, from: source)
        case .heartbeat(let head): nodes[index]?.receiveHead(head, from: source)
        }
        advance(index)
    }

    /// The watermark as a subscriber sees it that takes whatever has come for the whole.
    mutating func uncounted(_ watermark: Watermark, _ index: Int, _ source: Int) -> Watermark {
        guard fault == .uncountedBatches else { return watermark }
        let seen = delivered.removeValue(forKey: index * 64 + source) ?? [:]
        let tails = watermark.tails.compactMap { tail in
            seen[tail.topic].map { Watermark.Tail(topic: tail.topic, count: min($0, tail.count), last: tail.last) }
        }
        return Watermark(
            position: watermark.position, previous: watermark.previous, time: watermark.time, tails: tails)
    }

    mutating func deliver(_ request: RecoveryRequest, to index: Int) {
        if index == 0 {
            var effects: [FeedNode.Effect] = []
            feedNode?.receive(request, into: &effects)
            perform(effects)
        } else {
            var effects: [Node<MixStage>.Effect] = []
            nodes[index]?.receive(request, into: &effects)
            perform(effects, at: index)
            advance(index)
        }
    }
}
