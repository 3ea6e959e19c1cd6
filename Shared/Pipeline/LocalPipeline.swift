public import Schema

/// The stages of the pipeline chained in one process, without sockets and encoding: the backtest.
///
/// It runs the very batches, in the very order, that the services run. The chain's type names every stage in it, so that
/// the compiler makes one function of the whole pipeline where that type is known.
public struct LocalPipeline<Chain: StageChain>: Sendable {
    @usableFromInline var chain: Chain
    @usableFromInline var outputs: ChainOutputs

    /// - Parameter chain: The stages, in the order in which they run; an output that a stage takes without delay must
    ///   come before it.
    public init(_ chain: Chain) {
        let names = chain.names
        self.chain = chain
        self.chain.connect(names)
        outputs = ChainOutputs(count: names.count)
    }

    /// Runs one batch of the feed through every stage.
    ///
    /// `sink`: Takes each stage's output of the batch.
    @inlinable @inline(__always)
    public mutating func run(_ batch: Batch, sink: (_ name: String, _ events: [Event]) throws -> Void) throws {
        outputs.turn()
        try chain.run(batch, &outputs, sink)
    }
}
