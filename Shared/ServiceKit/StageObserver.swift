public import Pipeline
public import Schema

/// What a service tells of its own stage, beside what every stage tells.
public struct StageObserver<S: Stage>: Sendable {
    /// Called about once a second, between two batches.
    let look: @Sendable (_ stage: S, _ metrics: MetricsRegistry) -> Void
    /// Called for each message published, those of a batch that is done again among them.
    let see: @Sendable (_ message: Message, _ metrics: MetricsRegistry) -> Void

    public init(
        look: @escaping @Sendable (_ stage: S, _ metrics: MetricsRegistry) -> Void = { _, _ in },
        see: @escaping @Sendable (_ message: Message, _ metrics: MetricsRegistry) -> Void = { _, _ in }
    ) {
        self.look = look
        self.see = see
    }
}
