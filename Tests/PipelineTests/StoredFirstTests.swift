import Schema
import Testing

@testable import Pipeline

/// Sends on what it is given.
private struct EchoStage: Stage {
    struct State: Codable, Sendable {}
    var state = State()
    mutating func restore(_ state: State) {}
    mutating func process(_ event: borrowing LentEvent, from input: Int, into outbox: inout Outbox) {
        outbox.emit(event.message)
    }
}

@Suite("Stored first")
struct StoredFirstTests {
    private static let metric = Message.metric(Metric(name: "m", label: "", time: UnixNanos(0), value: 1))
    private static let intent = Message.anomaly(
        Anomaly(kind: .gap, instrument: "", timeframe: .hour1, time: UnixNanos(0), detail: ""))

    /// A node that has been given one message a batch, and what it wants done.
    private func node(_ messages: [Message]) throws -> (Node<EchoStage>, [Node<EchoStage>.Effect]) {
        var node = try Node(
            "gate", stage: EchoStage(), inputs: [Topology.Input("feed")], consumers: ["executor"],
            settings: NodeSettings(storedFirst: [.anomaly]))
        var sequencer = Sequencer()
        var effects: [Node<EchoStage>.Effect] = []
        for (index, message) in messages.enumerated() {
            let position = FeedPosition(UInt64(index + 1))
            let batch = sequencer.number(
                [Event(position: position, message)],
                closing: Watermark(
                    position: position, previous: FeedPosition(UInt64(index)), time: UnixNanos(Int64(index))))
            for entry in batch.entries { node.receive(entry, from: 0) }
            node.receive(batch.watermark, number: batch.number, from: 0)
            try node.advance(into: &effects)
        }
        return (node, effects)
    }

    private func published(_ effects: [Node<EchoStage>.Effect]) -> [UInt64] {
        effects.compactMap { effect in
            if case .publish(let batch) = effect { batch.watermark.position.rawValue } else { nil }
        }
    }

    @Test("A batch with such a message waits for its rows, and those behind it wait too; then all go out in order")
    func waits() throws {
        var (node, effects) = try node([Self.metric, Self.intent, Self.metric, Self.intent, Self.metric])
        #expect(published(effects) == [1])
        #expect(node.isHolding)
        effects.removeAll()
        node.stored(upTo: FeedPosition(1), into: &effects)
        #expect(published(effects).isEmpty)
        node.stored(upTo: FeedPosition(2), into: &effects)
        #expect(published(effects) == [2, 3])
        node.stored(upTo: FeedPosition(5), into: &effects)
        #expect(published(effects) == [2, 3, 4, 5])
        #expect(!node.isHolding)
    }

    @Test(
        "Until then nobody is told of it: no consumer, no outsider, and no heartbeat", arguments: ["executor", "other"])
    func unheard(consumer: String) throws {
        var (node, effects) = try node([Self.metric, Self.intent, Self.metric])
        effects.removeAll()
        node.receive(.batches(consumer: consumer, after: .start, limit: 10), into: &effects)
        guard case .reply(consumer, let page) = effects.first else {
            Issue.record("no page")
            return
        }
        #expect(page.batches.map(\.watermark.position) == [FeedPosition(1)])
        #expect(page.head == FeedPosition(1))
        effects.removeAll()
        node.tick(into: &effects)
        node.tick(into: &effects)
        let heads = effects.compactMap { effect in
            if case .heartbeat(let head) = effect { head.rawValue } else { nil }
        }
        #expect(Set(heads) == [1])
    }
}
