internal import Evaluation
internal import Foundation
internal import Models
internal import Schema
internal import Store

/// One fit of a training: the payload of a job, in JSON.
struct FitOrder: Codable {
    /// The kinds of the jobs, as ``Evaluation/TrainingRequest`` has two.
    static let (jobKind, laterJobKind) = ("fit", "fit/2")

    let fit: Fit
    let split: SplitScheme
    let end: HistoryEnd

    init(fit: Fit, split: SplitScheme, end: HistoryEnd) { (self.fit, self.split, self.end) = (fit, split, end) }

    init(_ job: Job) throws { self = try JSONDecoder().decode(Self.self, from: Data(job.payload.rawValue.utf8)) }

    /// The job that asks for it; the same fit of the same training is asked for once.
    func job(of training: Int64, needsLaterBuild: Bool) throws -> JobOrder {
        JobOrder(
            kind: needsLaterBuild ? Self.laterJobKind : Self.jobKind, payload: try JSONText(encoding: self),
            key: "training/\(training)/\(fit.model)/\(fit.fold)/\(fit.seed)")
    }
}

/// What a training decides before it is divided: its checkpoint while it waits for its fits.
struct TrainingDivision: Codable {
    let split: SplitScheme
    let end: HistoryEnd

    init(split: SplitScheme, end: HistoryEnd) { (self.split, self.end) = (split, end) }

    init(bytes: [UInt8]) throws { self = try JSONDecoder().decode(Self.self, from: Data(bytes)) }

    func bytes() throws -> [UInt8] { [UInt8](try JSONEncoder().encode(self)) }
}
