import FuzzTargets
import Testing

@Suite("Fuzz targets")
struct FuzzTests {
    @Test("Every seed is read: a target whose seeds are refused would try nothing")
    func seeds() async throws {
        for target in try FuzzTarget.feeds() + FuzzTarget.marketData() {
            #expect(target.seeds.count >= 4)
            for seed in target.seeds {
                #expect(
                    await target.read(seed.kind, seed.bytes),
                    "\(target.name): \(String(decoding: seed.bytes, as: UTF8.self))")
            }
        }
    }

    @Test("Damaged inputs are read or refused, and nothing crashes or hangs", .timeLimit(.minutes(20)))
    func damaged() async throws {
        for target in try FuzzTarget.feeds() + FuzzTarget.marketData() {
            let report = await target.run(inputs: 3000, seed: 7, clock: ContinuousClock())
            print("fuzz \(report)")
            // Most are refused, some are still what they should be.
            #expect(report.inputs == 3000 && report.read > 0 && report.read < 3000)
        }
    }

    @Test("An input is the same whenever it is asked for by its number")
    func repeatable() async throws {
        let target = try #require(try FuzzTarget.feeds().first)
        let whole = await target.run(inputs: 200, seed: 5, clock: ContinuousClock())
        let first = await target.run(inputs: 100, seed: 5, clock: ContinuousClock())
        let second = await target.run(inputs: 100, first: 100, seed: 5, clock: ContinuousClock())
        #expect(whole.read == first.read + second.read && whole.bytes == first.bytes + second.bytes)
    }
}
