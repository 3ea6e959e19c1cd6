import Pipeline
import Schema
import Testing

@testable import Tidegate

@Suite("Kill plan")
struct KillPlanTests {
    private static let fleet = Fleet(["feature-builder": 2, "inference-server": 3])

    @Test("Every process is killed in turn, shards among them, within the part of the feed that is asked for")
    func everyone() {
        let nodes = Topology.services.flatMap { Self.fleet.nodes(of: $0) }
        let plan = KillPlan(kills: nodes.count, batches: 100..<300, fleet: Self.fleet, seed: 4)
        #expect(plan.kills.map(\.node).sorted() == nodes.sorted())
        #expect(plan.kills.contains { $0.node == "inference-server.3of3" })
        #expect(plan.kills.allSatisfy { (100..<300).contains($0.batch) })
        #expect(plan.kills.map(\.batch) == plan.kills.map(\.batch).sorted())
    }

    @Test("The same seed draws the same plan, another seed another")
    func seeds() {
        func plan(_ seed: UInt64) -> [KillPlan.Kill] {
            KillPlan(kills: 30, batches: 0..<1000, fleet: Self.fleet, seed: seed).kills
        }
        #expect(plan(1) == plan(1) && plan(1) != plan(2))
    }
}

@Suite("Fleet on the command line")
struct FleetArgumentTests {
    @Test("Services and their shards; 1 divides nothing")
    func said() {
        #expect(
            Fleet(argument: "feature-builder=2,inference-server=3")
                == Fleet(["feature-builder": 2, "inference-server": 3]))
        #expect(Fleet(argument: "inference-server=1") == .undivided && Fleet(argument: "1") == .undivided)
    }

    @Test(
        "What cannot be divided, or not so, is refused",
        arguments: [
            "executor=2", "2", "feature-builder", "feature-builder=0", "inference-server=65", "inference-server=x",
        ])
    func refused(text: String) {
        #expect(Fleet(argument: text) == nil)
    }
}
