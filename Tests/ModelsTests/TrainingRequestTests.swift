import Features
import Models
import Schema
import Testing

@Suite("Training request")
struct TrainingRequestTests {
    @Test("A request reads what it writes, moments as texts, whatever is left out")
    func roundTrip() throws {
        let whole = try TrainingRequest(
            model: .lstm, seed: .max, from: UnixNanos(iso8601: "2024-01-01"),
            to: UnixNanos(iso8601: "2024-06-01T12:00"),
            instruments: [ether, bitcoin, ether], timeframe: .hour1, higher: [.day1, .hour4],
            features: FeatureSettings(text: "standard,rsi_21"), quick: true, promote: "champion")
        #expect(
            whole.json() == """
                {"features":"standard,rsi_21","from":"2024-01-01T00:00:00Z","higher":["4h","1d"],\
                "instruments":["binance.BTC-USDT","binance.ETH-USDT"],"model":"lstm","promote":"champion","quick":true,"seed":18446744073709551615,\
                "timeframe":"1h","to":"2024-06-01T12:00:00Z"}
                """)
        #expect(try TrainingRequest(json: whole.json()) == whole)
        let small = try TrainingRequest(
            json: #"{"model":"xgboost","seed":1,"instruments":["binance.BTC-USDT"],"timeframe":"1h","higher":[]}"#)
        #expect(
            try small
                == TrainingRequest(model: .xgboost, seed: 1, instruments: [bitcoin], timeframe: .hour1, higher: []))
        #expect(try TrainingRequest(json: small.json()) == small)
    }

    @Test("A quick request trains less")
    func quick() throws {
        func plan(quick: Bool) throws -> DirectionTrainingPlan {
            try TrainingRequest(
                model: .lstm, seed: 5, instruments: [bitcoin], timeframe: .hour1, higher: [], quick: quick
            ).plan
        }
        #expect(try plan(quick: true).epochs < plan(quick: false).epochs)
        #expect(try plan(quick: true).rounds < plan(quick: false).rounds)
        #expect(try plan(quick: true).seed == 5)
    }

    @Test(
        "A request that contradicts itself is refused with a reason",
        arguments: [
            (#"{"model":"magic","seed":1,"instruments":["binance.BTC-USDT"],"timeframe":"1h","higher":[]}"#, "model"),
            (#"{"model":"lstm","instruments":["binance.BTC-USDT"],"timeframe":"1h","higher":[]}"#, "no seed"),
            (#"{"model":"lstm","seed":-1,"instruments":["binance.BTC-USDT"],"timeframe":"1h","higher":[]}"#, "wrong"),
            (#"{"model":"lstm","seed":1,"instruments":[],"timeframe":"1h","higher":[]}"#, "no instrument"),
            (#"{"model":"lstm","seed":1,"instruments":["BTC"],"timeframe":"1h","higher":[]}"#, "BTC"),
            (#"{"model":"lstm","seed":1,"instruments":["a.B-C"],"timeframe":"1h","higher":["1h"]}"#, "not longer"),
            (#"{"model":"lstm","seed":1,"instruments":["a.B-C"],"timeframe":"1h","higher":[],"to":"now"}"#, "now"),
            (
                #"{"model":"lstm","seed":1,"instruments":["a.B-C"],"timeframe":"1h","higher":[],"#
                    + #""from":"2024-01-01","to":"2024-01-01"}"#, "not before"
            ),
            (#"{"model":"lstm","seed":1,"instruments":["a.B-C"],"timeframe":"1h","higher":[],"promote":""}"#, "alias"),
            ("train", "JSON"),
        ])
    func refused(json: String, reason: String) {
        let error = #expect(throws: DirectionTrainingError.self) { try TrainingRequest(json: json) }
        #expect(error?.description.contains(reason) == true, "\(String(describing: error))")
        #expect(error?.description.contains("\n") == false)
    }
}
