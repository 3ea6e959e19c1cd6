internal import Models
internal import Store
internal import Tensor

/// Why the ranks of a fit did not come to its end together.
enum RankError: Error, CustomStringConvertible {
    /// A rank is gone, or the leader.
    case broken
    /// Ranks left before all were there, and why.
    case left([String])
    /// Another rank did not leave its note in time.
    case late
    /// The notes cannot be reached.
    case store(StoreError)
    /// Ranks were lost so many times in a row, the last time for this reason.
    case lost(times: Int, last: String)

    var description: String {
        switch self {
        case .broken: "a rank is gone"
        case .left(let reasons): reasons.joined(separator: "; ")
        case .late: "a rank did not come in time"
        case .store(let error): "the ranks' notes cannot be reached: \(error)"
        case .lost(let times, let last): "ranks were lost \(times) times in a row, the last time: \(last)"
        }
    }

    /// Whether ranks that failed with this may come to the end in another group.
    ///
    /// libtorch does not tell whether it failed by itself or because another rank is gone.
    static func isPassing(_ error: any Error) -> Bool {
        error is RankError || error is TensorError || error as? TrainingError == .ranksDiffer
    }
}
