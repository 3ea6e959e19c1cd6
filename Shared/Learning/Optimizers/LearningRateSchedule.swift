internal import Foundation

/// How the learning rate changes from epoch to epoch, or from step to step: by whatever is counted.
public enum LearningRateSchedule: Codable, Sendable, Equatable {
    /// It does not.
    case constant
    /// A half cosine from the base rate down to `minimum` over `period` epochs, then again over a period `multiplier`
    /// times as long (Loshchilov & Hutter 2017, arXiv:1608.03983).
    case cosineWarmRestarts(period: Int, multiplier: Int, minimum: Double)
    /// A half cosine from the base rate down to `minimum` over `period` epochs, and `minimum` from then on.
    case cosine(period: Int, minimum: Double)
    /// Times `factor` after each `period` epochs.
    case steps(period: Int, factor: Double)

    /// The learning rate of an epoch.
    ///
    /// - Parameters:
    ///   - base: the rate of epoch 0.
    ///   - epoch: counted from 0.
    /// - Returns: the rate, constant during the epoch.
    public func rate(base: Double, epoch: Int) -> Double {
        precondition(epoch >= 0, "epochs count from 0")
        func halfCosine(_ share: Double, _ minimum: Double) -> Double {
            minimum + (base - minimum) * (1 + cos(Double.pi * share)) / 2
        }
        switch self {
        case .constant: return base
        case .cosineWarmRestarts(let period, let multiplier, let minimum):
            precondition(period > 0 && multiplier > 0, "period and multiplier must be above zero")
            var length = period
            var position = epoch
            while position >= length {
                position -= length
                length *= multiplier
            }
            return halfCosine(Double(position) / Double(length), minimum)
        case .cosine(let period, let minimum):
            precondition(period > 0, "the period must be above zero")
            return halfCosine(Double(min(epoch, period)) / Double(period), minimum)
        case .steps(let period, let factor):
            precondition(period > 0, "the period must be above zero")
            return base * pow(factor, Double(epoch / period))
        }
    }

    /// Refuses numbers outside their range, for a base rate above zero.
    func check(base: Double) throws(LearningError) {
        let (isPossible, minimum): (Bool, Double) =
            switch self {
            case .constant: (true, base)
            case .cosineWarmRestarts(let period, let multiplier, let minimum): (period > 0 && multiplier > 0, minimum)
            case .cosine(let period, let minimum): (period > 0, minimum)
            case .steps(let period, let factor): (period > 0 && factor > 0 && factor <= 1, base)
            }
        guard isPossible else {
            throw .configuration("the schedule's period and multiplier must be above zero, its factor in (0, 1]")
        }
        guard (0...base).contains(minimum) else {
            throw .configuration("the schedule's minimum must be in 0...learningRate")
        }
    }
}
