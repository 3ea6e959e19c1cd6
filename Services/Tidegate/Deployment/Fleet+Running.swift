internal import Pipeline
internal import Schema
internal import Store

extension Fleet {
    /// How the services of a deployment are divided, as they themselves said last.
    static func running(_ statuses: [ServiceStatus]) -> Fleet {
        var counts: [String: Int] = [:]
        for service in Topology.shardable {
            let said = statuses.filter { $0.name == service }.compactMap { status in
                Shard(label: status.instance).map { (status.updatedAt, $0.count) }
            }
            counts[service] = said.max { $0.0 < $1.0 }?.1
        }
        return Fleet(counts)
    }

    static func running(_ connection: PostgresConnection) throws(StoreError) -> Fleet {
        running(try StatusStore(connection).all())
    }
}
