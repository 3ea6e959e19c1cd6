import Schema
import Testing

@Suite("Decision")
struct DecisionTests {
    private func decision(_ model: Name, _ instrument: Instrument, _ openTime: UnixNanos) -> Decision {
        Decision(
            model: model, instrument: instrument, openTime: openTime, time: openTime, state: .active, action: .hold,
            targetQuantity: .zero, orderQuantity: .zero, verdicts: [])
    }

    @Test("Its id names model, instrument and bar, and gives the bar back")
    func id() throws {
        for (model, seconds) in [("m", 0), ("lstm/7", 1_758_319_200), ("", -60), ("a/b/1", 9_223_372_036)]
            as [(Name, Int64)]
        {
            let made = decision(model, Samples.bitcoin, UnixNanos(seconds: seconds))
            #expect(made.id == "\(model)/binance.BTC-USDT/\(seconds)")
            let openTime = try Decision.openTime(ofID: made.id, model: model, instrument: Samples.bitcoin)
            #expect(openTime == made.openTime)
        }
    }

    @Test("An id of another decision, or of none, is refused")
    func refused() {
        for id in [
            "", "m", "m/binance.BTC-USDT/", "m/binance.BTC-USDT/x", "m/binance.BTC-USDT/1.5", "m/binance.BTC-USD/60",
            "n/binance.BTC-USDT/60", "m/binance.BTC-USDT/60/", "m/binance.BTC-USDT/9223372037", "/binance.BTC-USDT/60",
        ] {
            #expect(throws: SchemaError.self, "\(id)") {
                try Decision.openTime(ofID: id, model: "m", instrument: Samples.bitcoin)
            }
        }
    }
}

@Suite("Name")
struct InternedNameTests {
    @Test("Equal texts are one name, in whatever way they were made; others are not")
    func identity() {
        let made = Name(["lstm", "7"].joined(separator: "-"))
        #expect(made == "lstm-7" && made.hashValue == Name("lstm-7").hashValue && made.text == "lstm-7")
        #expect(made != "lstm-8" && made != "")
    }

    @Test("Order is that of the texts, not of their first appearance")
    func order() {
        let names: [Name] = ["zulu", "alpha", "mike", ""]
        #expect(names.sorted().map(\.text) == ["", "alpha", "mike", "zulu"])
    }

    @Test("Names met by many at once are still one")
    func together() async {
        let names = await withTaskGroup(of: [Name].self) { group in
            for _ in 0..<8 { group.addTask { (0..<200).map { Name("together-\($0)") } } }
            var all: [[Name]] = []
            for await some in group { all.append(some) }
            return all
        }
        #expect(names.allSatisfy { $0 == names[0] })
        #expect(Set(names.joined()).count == 200)
    }
}
