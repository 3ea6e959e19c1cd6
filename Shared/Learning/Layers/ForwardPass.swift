public import Schema

/// What a pass through a model is for, and where its chance comes from.
///
/// Handed down `inout` to the layers that need it: dropout draws from it, batch normalisation learns from it. Equal passes
/// through equal models give equal bits.
public struct ForwardPass: Sendable, Equatable {
    private enum Purpose {
        case prediction, training, sampling
    }

    private let purpose: Purpose
    /// The generator as the layers have left it.
    public private(set) var random: SplitMix64

    /// Every weight as it is, and nothing drawn.
    public static var prediction: ForwardPass { ForwardPass(purpose: .prediction, random: SplitMix64(seed: 0)) }

    /// Dropout draws, and running statistics follow the batch.
    public static func training(_ random: SplitMix64) -> ForwardPass {
        ForwardPass(purpose: .training, random: random)
    }

    /// Dropout draws as in training, and nothing is learned.
    ///
    /// Predictions repeated so spread as far as the model is unsure (Gal & Ghahramani 2016, arXiv:1506.02142).
    public static func sampling(_ random: SplitMix64) -> ForwardPass {
        ForwardPass(purpose: .sampling, random: random)
    }

    /// Whether dropout leaves something out.
    public var dropsOut: Bool { purpose != .prediction }
    /// Whether running statistics follow the batch.
    public var learnsStatistics: Bool { purpose == .training }

    /// A pass of the same purpose whose draws are independent of those of other branches and of this pass.
    ///
    /// For parts that are computed at once: this pass does not go on with what they draw.
    ///
    /// - Parameter number: of the branch; the same number gives the same draws until this pass goes on.
    /// - Returns: the branch.
    func branch(_ number: Int) -> ForwardPass {
        var own = random
        var seeds = SplitMix64(seed: own.next() ^ UInt64(number))
        return ForwardPass(purpose: purpose, random: SplitMix64(seed: seeds.next()))
    }

    /// The seed of the next draw.
    mutating func seed() -> UInt64 { random.next() }
}
