internal import Store

/// What a trainer works on: a job that it holds, or a rank of a fit that another holds.
enum Claim: Equatable {
    case job(JobLease)
    case rank(RankSeat)

    /// The job; of a rank, the fit.
    var job: Job {
        switch self {
        case .job(let lease): lease.job
        case .rank(let seat): seat.job
        }
    }
}
