public import Tensor

/// Steps by the running mean of the gradient over the root of that of its square (Kingma & Ba 2015, arXiv:1412.6980), as
/// PyTorch computes it.
///
/// ``AdamW/Configuration/weightDecay``, times each parameter, is added to its gradient: that of a penalty on its square.
public struct Adam: Optimizer {
    public let configuration: AdamW.Configuration
    private let moments: AdamMoments

    /// Starts with moments of zero.
    public init(
        _ parameters: [NamedTensor], _ configuration: AdamW.Configuration = AdamW.Configuration(weightDecay: 0)
    ) throws(TensorError) {
        self.configuration = configuration
        moments = try AdamMoments(parameters)
    }

    public var parameters: [Tensor] { moments.parameters }
    public var state: [NamedTensor] { moments.state }

    public func step(learningRate: Double) throws(TensorError) {
        try moments.step(learningRate: learningRate, configuration, isDecoupled: false)
    }
}
