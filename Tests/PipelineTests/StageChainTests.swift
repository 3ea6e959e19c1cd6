import Pipeline
import Schema
import Testing

/// Says what it heard, from which input, and how often it was closed.
private struct EarStage: Stage {
    struct State: Codable, Sendable { var heard: [String] = [] }
    let name: String
    var state = State()

    init(_ name: String) { self.name = name }

    mutating func restore(_ state: State) { self.state = state }

    mutating func process(_ event: borrowing LentEvent, from input: Int, into outbox: inout Outbox) {
        if case .metric(let metric) = event.message { state.heard.append("\(input):\(metric.name)") }
    }

    mutating func close(_ watermark: Watermark, into outbox: inout Outbox) {
        let text = "\(name)(\(state.heard.joined(separator: " ")))"
        state.heard.removeAll()
        outbox.emit(.metric(Metric(name: text, label: "", time: watermark.time, value: 0)))
    }
}

@Suite("Stage chain")
struct StageChainTests {
    /// Batch `number`, with one event.
    private func batch(_ number: UInt64, _ message: Message? = nil) -> Batch {
        let metric = Message.metric(Metric(name: "f\(number)", label: "", time: UnixNanos(0), value: 0))
        let position = FeedPosition(2 * number)
        return Batch(
            events: [Event(position: FeedPosition(2 * number - 1), message ?? metric)],
            watermark: Watermark(
                position: position, previous: FeedPosition(2 * number - 2), time: UnixNanos(Int64(number))))
    }

    private func text(_ events: [Event]) -> [String] {
        events.map { event in
            switch event.message {
            case .metric(let metric): "\(event.position):\(metric.name)"
            default: "\(event.position):\(event.message.kind.stream)"
            }
        }
    }

    /// One stage on the feed, and behind it two that hear each other, the first of them a batch late.
    private func loop() -> LocalPipeline<
        ChainedStage<ChainedStage<ChainedStage<FeedChain, EarStage>, EarStage>, EarStage>
    > {
        LocalPipeline(
            FeedChain()
                .adding("a", EarStage("a"), inputs: [Topology.Input(Topology.ingestor)])
                .adding("b", EarStage("b"), inputs: [Topology.Input("c", delay: 1), Topology.Input(Topology.ingestor)])
                .adding("c", EarStage("c"), inputs: [Topology.Input("b"), Topology.Input("a")]))
    }

    @Test("Each stage hears its inputs in their order, and a delayed one a batch late")
    func order() throws {
        var pipeline = loop()
        var outputs: [[String]] = []
        for number in 1...2 {
            try pipeline.run(batch(UInt64(number))) { name, events in outputs.append([name] + text(events)) }
        }
        #expect(
            outputs == [
                ["a", "2:a(0:f1)"], ["b", "2:b(1:f1)"], ["c", "2:c(0:b(1:f1) 1:a(0:f1))"],
                ["a", "4:a(0:f2)"], ["b", "4:b(0:c(0:b(1:f1) 1:a(0:f1)) 1:f2)"],
                ["c", "4:c(0:b(0:c(0:b(1:f1) 1:a(0:f1)) 1:f2) 1:a(0:f2))"],
            ])
    }

    @Test("A control event goes through every stage once, at its own position")
    func control() throws {
        var pipeline = loop()
        let halt = Message.control(Control(id: "h", change: .tradingStateChanged(.halted, reason: "")))
        var outputs: [String: [String]] = [:]
        try pipeline.run(batch(1, halt)) { name, events in outputs[name] = text(events) }
        for name in ["a", "b", "c"] {
            #expect(outputs[name]?.filter { $0.hasSuffix("control") } == ["1:control"])
        }
    }

    @Test("A pipeline is a value: a copy goes its own way")
    func copies() throws {
        var first = loop()
        try first.run(batch(1)) { _, _ in }
        var second = first
        var (left, right): ([String], [String]) = ([], [])
        try first.run(batch(2)) { left += text($1) }
        try second.run(batch(2)) { right += text($1) }
        #expect(left == right)
    }
}
