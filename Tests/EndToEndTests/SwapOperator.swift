import Models
import Schema
import Store

@testable import Tidegate

/// Somebody who moves aliases at moments of chance, by what `tidegate models promote` and `rollback` call.
struct SwapOperator: Sendable {
    let name: String
    let url: String
    let versions: [String]
    /// What is moved; an alias that stands here twice is moved twice as often.
    let aliases: [String]
    let seed: UInt64

    /// Moves one alias after the other until told that it is over.
    ///
    /// - Returns: How many moves there were.
    func work(until isOver: @Sendable (PostgresConnection) throws -> Bool) async throws -> Int {
        let connection = try PostgresConnection(url)
        var random = SplitMix64(seed: seed)
        var (moves, promotions) = (0, 0)
        while try !isOver(connection) {
            try await Task.sleep(for: .milliseconds(Int.random(in: 20...100, using: &random)))
            moves += 1
            let id = "\(name)/\(moves)"
            let alias = aliases[Int.random(in: aliases.indices, using: &random)]
            // As many steps back as there were steps forward, at most: there is always one to take back.
            if alias == ModelRole.champion, promotions > 0, Int.random(in: 0..<4, using: &random) == 0 {
                promotions -= 1
                _ = try ModelMove.perform(alias, id: id, connection) { registry throws(StoreError) in
                    try registry.rollback(alias)
                }
                continue
            }
            let share = alias == ModelRole.canary ? [0, 0.5, 1][Int.random(in: 0..<3, using: &random)] : 1
            let seat = ModelSeat(version: versions[Int.random(in: versions.indices, using: &random)], share: share)
            var hasMoved = false
            _ = try ModelMove.perform(alias, id: id, connection) { registry throws(StoreError) in
                hasMoved = try registry.promote(alias, to: seat.version, share: seat.share)
                return seat
            }
            if alias == ModelRole.champion, hasMoved { promotions += 1 }
        }
        return moves
    }
}
