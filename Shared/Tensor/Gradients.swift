internal import CTorch

extension Tensor {
    /// Makes the tensor a leaf whose gradient ``backward()`` computes, and returns it.
    @discardableResult
    public func requiringGradient(_ wanted: Bool = true) throws(TensorError) -> Tensor {
        try Tensor.check("requiringGradient", [self]) { ctorch_set_requires_gradient(handle, wanted ? 1 : 0) }
        return self
    }

    /// Adds the gradient of this one-element tensor to each leaf that it was computed from.
    public func backward() throws(TensorError) {
        try Tensor.check("backward", [self]) { ctorch_backward(handle) }
    }

    /// What ``backward()`` has gathered so far, or `nil` before the first.
    public var gradient: Tensor? {
        var result: OpaquePointer?
        _ = withExtendedLifetime(self) { ctorch_gradient(handle, &result) }
        return result.map { Tensor(owning: $0) }
    }

    /// Forgets the gradient.
    public func clearGradient() {
        // Cannot fail: the handle is never null.
        _ = withExtendedLifetime(self) { ctorch_clear_gradient(handle) }
    }

    /// Scales the gradients of `parameters` so that their common Euclidean norm is at most `maximum`.
    ///
    /// PyTorch's rule, `maximum / (norm + 1e-6)`. When the norm is not finite nothing is scaled.
    ///
    /// - Returns: the norm before.
    public static func clipGradients(
        of parameters: [Tensor], toNorm maximum: Double
    ) throws(TensorError) -> Double {
        var norm = 0.0
        try check("clipGradients", parameters) {
            ctorch_clip_gradient_norm(parameters.handles, Int32(parameters.count), maximum, &norm)
        }
        return norm
    }

    /// The numbers of an AdamW step (Loshchilov & Hutter 2019, arXiv:1711.05101).
    public struct AdamWNumbers: Sendable, Equatable {
        public var learningRate: Double
        public var beta1: Double
        public var beta2: Double
        public var epsilon: Double
        public var weightDecay: Double

        public init(learningRate: Double, beta1: Double, beta2: Double, epsilon: Double, weightDecay: Double) {
            self.learningRate = learningRate
            self.beta1 = beta1
            self.beta2 = beta2
            self.epsilon = epsilon
            self.weightDecay = weightDecay
        }
    }

    /// One fused AdamW step in place on each parameter that has a gradient.
    ///
    /// - Parameters:
    ///   - parameters: what to change.
    ///   - firstMoments: of the parameters' shapes; updated.
    ///   - secondMoments: of the parameters' shapes; updated.
    ///   - steps: one `float32` number each, counted up.
    ///   - numbers: the rates of the step.
    /// - Throws: ``TensorError`` when a moment has another shape or type than its parameter.
    public static func adamWStep(
        parameters: [Tensor], firstMoments: [Tensor], secondMoments: [Tensor], steps: [Tensor],
        _ numbers: AdamWNumbers
    ) throws(TensorError) {
        precondition(
            firstMoments.count == parameters.count && secondMoments.count == parameters.count
                && steps.count == parameters.count, "each parameter needs its moments and its step")
        try check("adamWStep", parameters + firstMoments + secondMoments + steps) {
            ctorch_adamw_step(
                parameters.handles, firstMoments.handles, secondMoments.handles, steps.handles,
                Int32(parameters.count), numbers.learningRate, numbers.beta1, numbers.beta2, numbers.epsilon,
                numbers.weightDecay)
        }
    }
}
