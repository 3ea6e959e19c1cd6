internal import Tensor

// How the ranks of a group train one model together. A rank computes the gradients of its part of each mini-batch;
// their mean, weighted by the parts' sizes, is the gradient of the whole batch, and every rank takes the same step with
// it.

extension TrainingLoop {
    /// Makes all ranks begin with the same bits: those of rank 0.
    ///
    /// - Throws: ``LearningError/configuration(_:)`` on all ranks when they differ in configuration, number of samples
    ///   or history; ``TensorError`` when they differ in architecture.
    func join(_ group: ProcessGroup) throws {
        guard try group.areEqual(stateText().utf8.map { Int64($0) }) else {
            throw LearningError.configuration("the ranks differ in configuration, number of samples or history")
        }
        for (_, value) in state + best + optimizer.state { try group.broadcast(value) }
    }

    /// The places of a rank's samples in a batch: contiguous parts, which differ by one at most.
    ///
    /// Rank 0 has a part of every batch; when a batch has fewer samples than there are ranks, some have none.
    static func part(of count: Int, rank: Int, size: Int) -> Range<Int> {
        func start(_ rank: Int) -> Int { (rank * count + size - 1) / size }
        return start(rank)..<start(rank + 1)
    }

    /// Leaves the gradients of the whole batch in the parameters, and gives its mean loss: the same bits on all ranks.
    ///
    /// Dropout draws for each part by itself, on a branch of the epoch's pass, and so has other masks than in a single
    /// process; the generator, which orders the samples, goes on as if nothing had been drawn, equally on all ranks.
    ///
    /// Batch normalisation normalises each part by its own statistics, so a part of one sample is refused as a batch of
    /// one is. The running statistics become the mean over the ranks, weighted like the gradients: the mean of the
    /// batch, and its variance but for that between the parts.
    ///
    /// - Parameters:
    ///   - group: the ranks. When one throws, the others get an error.
    ///   - samples: of the whole batch.
    ///   - batch: its number in the epoch.
    ///   - pass: of the epoch.
    ///   - loss: the mean loss of some samples.
    /// - Returns: the mean loss of all of them.
    /// - Throws: what `loss` throws, and ``TensorError`` when a rank is gone or does not come in time.
    func shareGradients(
        in group: ProcessGroup, _ samples: [Int], batch: Int, _ pass: ForwardPass,
        loss: (_ samples: [Int], _ pass: inout ForwardPass) throws -> Tensor
    ) throws -> Double {
        var branch = pass.branch(batch * group.size + group.rank)
        let part = Array(samples[Self.part(of: samples.count, rank: group.rank, size: group.size)])
        let share = Double(part.count) / Double(samples.count)
        let own = part.isEmpty ? 0 : try backward(part, &branch, loss: loss)

        let gradients = try Tensor.flatGradients(of: optimizer.parameters, times: share)
        var parts = [gradients, try Tensor.full(own * share, shape: [1]).like(gradients)]
        for buffer in runningStatistics { parts.append(try (buffer * share).reshaped([buffer.count]).like(gradients)) }
        let all = try Tensor.concatenated(parts, dimension: 0)
        try group.sum(all)

        try Tensor.assignGradients(of: optimizer.parameters, all.narrowed(dimension: 0, to: 0..<gradients.count))
        var start = gradients.count + 1
        for buffer in runningStatistics {
            let mean = try all.narrowed(dimension: 0, to: start..<(start + buffer.count))
            try buffer.assign(mean.reshaped(buffer.shape))
            start += buffer.count
        }
        return try all.selected(dimension: 0, index: gradients.count).item()
    }

    /// Gives all ranks the counts of rank 0, which has seen every batch, and its validation loss.
    func shareResults(in group: ProcessGroup, validationLoss: Double?) throws -> Double? {
        for (_, value) in state where value.elementType == .int64 { try group.broadcast(value) }
        let loss = try Tensor([validationLoss == nil ? 0 : 1, validationLoss ?? 0], shape: [2])
        try group.broadcast(loss)
        let shared = try loss.doubles()
        return shared[0] == 1 ? shared[1] : nil
    }

    /// The buffers that follow the samples, and are no counts.
    private var runningStatistics: [Tensor] { buffers.filter { $0.elementType != .int64 } }
}

extension Tensor {
    /// The elements in the type of `other`, where it is.
    fileprivate func like(_ other: Tensor) throws(TensorError) -> Tensor {
        try converted(to: other.elementType).moved(to: other.device)
    }
}
