internal import Logging
internal import Pipeline
internal import Schema
internal import Store

/// The shard of its service that this process is, and its right to be that.
///
/// A setting says which, or it takes the first that nobody holds. A process for which none is left stands by, and takes
/// over what falls free: beyond the number of shards, instances are spare ones.
struct ShardClaim {
    let shard: Shard
    private let service: String
    /// `nil` where a setting says which shard it is.
    private let holder: String?

    /// Seconds for which a process may be silent before its shard is anybody's.
    private static let lease = 10.0

    /// Somebody else is the shard by now.
    struct Lost: Error, CustomStringConvertible {
        let shard: String
        var description: String { "another process has become \(shard) while this one was silent" }
    }

    /// Waits until there is a shard to be; `nil` when the process is to end before.
    static func take(_ context: ServiceContext, stop: StopFlag) throws -> ShardClaim? {
        let (service, settings) = (context.name, context.settings)
        let count = settings.fleet.shards(of: service).count
        switch settings.shard {
        case .number(let number):
            guard number <= count else {
                throw SettingError("pipeline.shard is \(number), but \(service) has \(count)")
            }
            return ShardClaim(shard: Shard(number - 1, of: count), service: service, holder: nil)
        case .whole where count == 1: return ShardClaim(shard: .whole, service: service, holder: nil)
        case .whole, .claim: return try wait(context, count, stop)
        }
    }

    private static func wait(_ context: ServiceContext, _ count: Int, _ stop: StopFlag) throws -> ShardClaim? {
        let (service, holder, startedAt) = (context.name, StatusReport.instanceName, WallClock.now)
        let session = context.session()
        let standby = "standby \(holder)"
        func leave() throws {
            try session.retrying("leave standby") { connection throws(StoreError) in
                try StatusStore(connection).forget(service, instance: standby, lastHeard: WallClock.now)
            }
        }
        var isStandingBy = false
        while !stop.isRaised {
            let claimed = try session.retrying("claim shard") { connection throws(StoreError) in
                try ShardClaims(connection).claim(service, shards: count, holder: holder, seconds: lease)
            }
            if let claimed {
                if isStandingBy { try leave() }
                context.logger.notice("is a shard", metadata: ["shard.node": "\(claimed.node(of: service))"])
                return ShardClaim(shard: claimed, service: service, holder: holder)
            }
            if !isStandingBy {
                isStandingBy = true
                context.health.becomeReady()
                context.logger.notice("stands by, since all shards are taken", metadata: ["shard.count": "\(count)"])
            }
            try StatusReport.save(
                context, session, instance: standby, startedAt: startedAt, position: .start, lagMilliseconds: 0,
                endpoint: "")
            for _ in 0..<10 where !stop.isRaised { WallClock.sleep(milliseconds: 100) }
        }
        try leave()
        return nil
    }

    /// Says, about once a second, that the process lives.
    ///
    /// - Throws: ``Lost``; then the process must end.
    func renew(_ session: PostgresSession) throws {
        guard let holder else { return }
        let (service, shard) = (service, shard)
        let isOurs = try session.retrying("renew shard") { connection throws(StoreError) in
            try ShardClaims(connection).renew(service, shard, holder: holder, seconds: Self.lease)
        }
        guard isOurs else { throw Lost(shard: shard.node(of: service)) }
    }

    /// Lets another take over at once.
    func release(_ session: PostgresSession) throws {
        guard let holder else { return }
        let (service, shard) = (service, shard)
        try session.retrying("release shard") { connection throws(StoreError) in
            try ShardClaims(connection).release(service, shard, holder: holder)
        }
    }
}
