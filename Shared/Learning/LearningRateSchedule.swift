internal import Foundation

/// How the learning rate changes from epoch to epoch.
public enum LearningRateSchedule: Codable, Sendable, Equatable {
    /// It does not.
    case constant
    /// A half cosine from the base rate down to `minimum` over `period` epochs, then again over a period `multiplier`
    /// times as long (Loshchilov & Hutter 2017, arXiv:1608.03983).
    case cosineWarmRestarts(period: Int, multiplier: Int, minimum: Double)

    /// The learning rate of an epoch.
    ///
    /// - Parameters:
    ///   - base: the rate of epoch 0.
    ///   - epoch: counted from 0.
    /// - Returns: the rate, constant during the epoch.
    public func rate(base: Double, epoch: Int) -> Double {
        switch self {
        case .constant: return base
        case .cosineWarmRestarts(let period, let multiplier, let minimum):
            precondition(period > 0 && multiplier > 0 && epoch >= 0, "period and multiplier must be above zero")
            var length = period
            var position = epoch
            while position >= length {
                position -= length
                length *= multiplier
            }
            let share = Double(position) / Double(length)
            return minimum + (base - minimum) * (1 + cos(Double.pi * share)) / 2
        }
    }
}
