import Schema
import Testing

@Suite("Shard")
struct ShardTests {
    private static let instruments = (0..<1000).map { Instrument("test.S\($0)-USD") }

    @Test(
        "Each instrument belongs to exactly one shard, and the shards are of about the same size",
        arguments: [1, 2, 3, 7])
    func partition(count: Int) {
        let shards = (0..<count).map { Shard($0, of: count) }
        for instrument in Self.instruments { #expect(shards.filter { $0.owns(instrument) }.count == 1) }
        let share = Double(Self.instruments.count) / Double(count)
        for shard in shards {
            let size = Double(Self.instruments.count { shard.owns($0) })
            #expect(abs(size - share) < 0.2 * share)
        }
    }

    @Test("Which shard owns an instrument never changes: snapshots and running processes rest on it")
    func fixed() {
        let names = ["binance.BTC-USDT", "binance.ETH-USDT", "binance.SOL-USDT", "kraken.BTC-USD"]
        let owners = [2, 3, 5].map { count in names.map { Int(Instrument($0).spread % UInt64(count)) } }
        #expect(owners == [[1, 0, 0, 0], [0, 0, 1, 1], [3, 0, 2, 4]])
    }

    @Test("What is about no one instrument is everybody's")
    func everybody() {
        let control = Event(
            position: FeedPosition(1), .control(Control(id: "c", change: .tradingStateChanged(.active, reason: ""))))
        for shard in [Shard.whole, Shard(0, of: 2), Shard(1, of: 2)] { #expect(shard.owns(control)) }
    }

    @Test("A run tells its shard; a number that none gave tells none")
    func runs() {
        for shard in [Shard.whole, Shard(0, of: 2), Shard(63, of: 64)] {
            for drawn in [0, 1, .max, 0x1234_5678_9ABC_DEF0] as [UInt64] {
                #expect(Shard(run: shard.run(drawn: drawn)) == shard)
            }
        }
        #expect(Shard(run: 0) == nil && Shard(run: 2 << 8 | 2) == nil && Shard(run: 65 << 8) == nil)
    }

    @Test("Nodes are named after service and shard")
    func names() {
        #expect(Shard.whole.node(of: "feature-builder") == "feature-builder")
        #expect(Shard(1, of: 3).node(of: "feature-builder") == "feature-builder.2of3")
        #expect(Shard(label: "") == .whole && Shard(label: "2of3") == Shard(1, of: 3))
        for text in ["standby host/12", "0of2", "3of2", "1of1", "1of65", "of", "1of2of3"] {
            #expect(Shard(label: text) == nil)
        }
    }
}
