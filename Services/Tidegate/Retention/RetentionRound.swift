internal import Schema
internal import Store

/// One pass over what is stored, which deletes what is older than the policy says.
struct RetentionRound: Encodable, Sendable, Equatable {
    struct Part: Encodable, Sendable, Equatable {
        let what: String
        let cutoff: String
        /// Rows.
        let deleted: Int
    }

    private(set) var parts: [Part] = []
    /// By kind, why nothing of it may go in this round.
    private(set) var refusals: [String: String] = [:]

    var deleted: Int { parts.map(\.deleted).reduce(0, +) }

    /// Deletes, kind by kind, within the limits that a prune has: see ``PrunePlan``.
    ///
    /// - Throws: ``StoreError`` when the database refuses or is gone.
    init(_ policy: RetentionPolicy, _ connection: PostgresConnection) throws {
        for rule in policy.rules {
            do {
                let plan = try PrunePlan([rule.subject], olderThan: rule.age.seconds, connection)
                let deleted = try plan.apply(connection) { _ in }
                parts.append(Part(what: rule.subject.rawValue, cutoff: plan.cutoff.description, deleted: deleted))
            } catch let refusal as CommandFailure {
                refusals[rule.subject.rawValue] = refusal.description
            }
        }
    }

    /// One line for a log.
    var text: String {
        let done = parts.filter { $0.deleted > 0 }.map { "\($0.deleted) of \($0.what) from before \($0.cutoff)" }
        let refused = refusals.sorted { $0.key < $1.key }.map { "\($0.key) stay: \($0.value)" }
        return ([done.isEmpty ? "nothing deleted" : "deleted " + done.joined(separator: ", ")] + refused)
            .joined(separator: "; ")
    }
}
