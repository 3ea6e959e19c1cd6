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

    /// Brings each element of the gradients of `parameters` to a magnitude of at most `maximum`.
    public static func clipGradients(
        of parameters: [Tensor], toMagnitude maximum: Double
    ) throws(TensorError) {
        try check("clipGradients", parameters) {
            ctorch_clip_gradient_values(parameters.handles, Int32(parameters.count), maximum)
        }
    }

    /// The gradients of `parameters` as one vector, to be added to those that others computed.
    ///
    /// - Parameters:
    ///   - parameters: of one element type, on one device.
    ///   - factor: multiplies each element.
    /// - Returns: the elements, parameter after parameter, with zeros for one without a gradient; then for each
    ///   parameter 1 when it has one, else 0.
    /// - Throws: ``TensorError`` when there are no parameters, or they differ in type or device.
    public static func flatGradients(of parameters: [Tensor], times factor: Double) throws(TensorError) -> Tensor {
        try make("flatGradients", parameters) {
            ctorch_flat_gradients(parameters.handles, Int32(parameters.count), factor, $0)
        }
    }

    /// Overwrites the gradients of `parameters` by what ``flatGradients(of:times:)`` gave, or by a sum of several.
    ///
    /// A parameter that had no gradient in any of them has none afterwards.
    public static func assignGradients(of parameters: [Tensor], _ flat: Tensor) throws(TensorError) {
        try check("assignGradients", parameters + [flat]) {
            ctorch_assign_gradients(parameters.handles, Int32(parameters.count), flat.handle)
        }
    }
}

// MARK: - Steps of optimizers

extension Tensor {
    /// The numbers of a step of Adam (Kingma & Ba 2015, arXiv:1412.6980).
    public struct AdamNumbers: Sendable, Equatable {
        public var learningRate: Double
        public var beta1: Double
        public var beta2: Double
        public var epsilon: Double
        public var weightDecay: Double
        /// Whether decay shrinks the parameter itself (AdamW, arXiv:1711.05101), or is part of the gradient.
        public var isDecoupled: Bool

        public init(
            learningRate: Double, beta1: Double, beta2: Double, epsilon: Double, weightDecay: Double, isDecoupled: Bool
        ) {
            self.learningRate = learningRate
            self.beta1 = beta1
            self.beta2 = beta2
            self.epsilon = epsilon
            self.weightDecay = weightDecay
            self.isDecoupled = isDecoupled
        }
    }

    /// One fused step of Adam in place on each parameter that has a gradient.
    ///
    /// - Parameters:
    ///   - parameters: what to change.
    ///   - firstMoments: of the parameters' shapes; updated.
    ///   - secondMoments: of the parameters' shapes; updated.
    ///   - steps: one `float32` number each, counted up.
    ///   - numbers: the rates of the step.
    /// - Throws: ``TensorError`` when a moment has another shape or type than its parameter.
    public static func adamStep(
        parameters: [Tensor], firstMoments: [Tensor], secondMoments: [Tensor], steps: [Tensor],
        _ numbers: AdamNumbers
    ) throws(TensorError) {
        precondition(
            firstMoments.count == parameters.count && secondMoments.count == parameters.count
                && steps.count == parameters.count, "each parameter needs its moments and its step")
        try check("adamStep", parameters + firstMoments + secondMoments + steps) {
            ctorch_adam_step(
                parameters.handles, firstMoments.handles, secondMoments.handles, steps.handles,
                Int32(parameters.count), numbers.learningRate, numbers.beta1, numbers.beta2, numbers.epsilon,
                numbers.weightDecay, numbers.isDecoupled ? 1 : 0)
        }
    }

    /// One fused step of gradient descent with momentum, in place on each parameter that has a gradient.
    ///
    /// - Parameters:
    ///   - parameters: what to change.
    ///   - velocities: of the parameters' shapes; become `momentum` · velocity + gradient.
    ///   - learningRate: the share of the velocity that the parameter loses.
    ///   - momentum: in 0 ..< 1.
    /// - Throws: ``TensorError`` when a velocity has another shape or type than its parameter.
    public static func descentStep(
        parameters: [Tensor], velocities: [Tensor], learningRate: Double, momentum: Double
    ) throws(TensorError) {
        precondition(velocities.count == parameters.count, "each parameter needs its velocity")
        try check("descentStep", parameters + velocities) {
            ctorch_sgd_step(
                parameters.handles, velocities.handles, Int32(parameters.count), learningRate, momentum)
        }
    }
}
