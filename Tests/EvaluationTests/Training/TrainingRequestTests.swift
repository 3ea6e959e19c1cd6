import Evaluation
import Features
import Models
import Schema
import Testing

@Suite("Training request")
struct TrainingRequestTests {
    private let bitcoin = Instrument("binance.BTC-USDT")
    private let ether = Instrument("binance.ETH-USDT")

    @Test("A request reads what it writes, moments and schemes as texts, whatever is left out")
    func roundTrip() throws {
        let whole = try TrainingRequest(
            model: "lstm", settings: #"{"window":12}"#, seeds: [.max, 2], source: .candles,
            from: UnixNanos(iso8601: "2024-01-01"), to: UnixNanos(iso8601: "2024-06-01T12:00"),
            instruments: [ether, bitcoin, ether], timeframe: .hour1, higher: [.day1, .hour4],
            features: FeatureSettings(text: "standard,rsi_21"),
            label: Labelling(parsing: "barriers(up: 2%, down: 1%, within: 24h)"),
            split: SplitScheme(parsing: "purged-k-fold(folds: 5, embargo: 1%)"), quick: true, promote: "champion")
        let json = whole.json()
        for part in [
            #""features":"standard,rsi_21","from":"2024-01-01T00:00:00Z","higher":["4h","1d"]"#,
            #""instruments":["binance.BTC-USDT","binance.ETH-USDT"],"label":"barriers(up: 2.0%, down: 1.0%, within: 1d)""#,
            #""model":"lstm","promote":"champion","quick":true,"seeds":[18446744073709551615,2]"#,
            #""source":"candles","split":"purged-k-fold(folds: 5, embargo: 1%)","timeframe":"1h""#,
        ] { #expect(json.contains(part), "\(json)") }
        #expect(whole.settings.contains(#""window":12"#))
        #expect(try TrainingRequest(json: json) == whole)
        let small = try TrainingRequest(
            json: #"{"model":"xgboost","seeds":[1],"instruments":["binance.BTC-USDT"],"timeframe":"1h","higher":[]}"#)
        #expect(
            try small
                == TrainingRequest(
                    model: "xgboost", source: .feed, instruments: [bitcoin], timeframe: .hour1, higher: [],
                    label: .direction(after: Timeframe.hour1.nanoseconds)))
        #expect(try TrainingRequest(json: small.json()) == small)
    }

    @Test("How many trainers do a fit is written where it is not one, and then the job is of another kind")
    func parallel() throws {
        func request(_ trainers: Int) throws -> TrainingRequest {
            try TrainingRequest(
                model: "lstm", instruments: [bitcoin], timeframe: .hour1, higher: [], dataParallel: trainers)
        }
        let (alone, several) = (try request(1), try request(64))
        #expect(!alone.json().contains("dataParallel") && several.json().contains(#""dataParallel":64"#))
        #expect(try TrainingRequest(json: several.json()) == several && several != alone)
        #expect(try TrainingRequest(json: alone.json()).dataParallel == 1)
        #expect(alone.jobKind == "training" && several.jobKind != alone.jobKind)
    }

    @Test("A version to begin with is asked for in jobs that builds of before leave alone")
    func start() throws {
        let tuned = try TrainingRequest(
            model: "lstm", instruments: [bitcoin], timeframe: .hour1, higher: [], start: "lstm-1")
        #expect(try TrainingRequest(json: tuned.json()) == tuned && tuned.json().contains(#""start":"lstm-1""#))
        #expect(tuned.jobKind == "training/2")
    }

    @Test("The model is fitted by the request's settings, baselines by their own; a quick request is rougher in both")
    func orders() throws {
        func request(quick: Bool) throws -> TrainingRequest {
            try TrainingRequest(
                model: "lstm", settings: #"{"balanced":true}"#, instruments: [bitcoin], timeframe: .hour1, higher: [],
                quick: quick)
        }
        let (full, quick) = (try request(quick: false), try request(quick: true))
        #expect(try full.order(for: "lstm").settings.contains(#""balanced":true"#))
        #expect(
            try full.order(for: "xgboost").settings
                == FittingOrder(ModelCatalogue.standard.kind(named: "xgboost")).settings)
        for model in ["lstm", "xgboost"] {
            #expect(try full.order(for: model).settings != quick.order(for: model).settings)
        }
    }

    @Test(
        "A request that contradicts itself is refused with a reason",
        arguments: [
            (
                #"{"model":"magic","seeds":[1],"instruments":["a.B-C"],"timeframe":"1h","higher":[]}"#,
                "no model \"magic\""
            ),
            (#"{"model":"lstm","instruments":["binance.BTC-USDT"],"timeframe":"1h","higher":[]}"#, "no seeds"),
            (
                #"{"model":"lstm","seeds":[-1],"instruments":["binance.BTC-USDT"],"timeframe":"1h","higher":[]}"#,
                "wrong"
            ),
            (#"{"model":"lstm","seeds":[1],"instruments":[],"timeframe":"1h","higher":[]}"#, "no instrument"),
            (#"{"model":"lstm","seeds":[1],"instruments":["BTC"],"timeframe":"1h","higher":[]}"#, "BTC"),
            (#"{"model":"lstm","seeds":[1],"instruments":["a.B-C"],"timeframe":"1h","higher":["1h"]}"#, "not longer"),
            (#"{"model":"lstm","seeds":[1],"instruments":["a.B-C"],"timeframe":"1h","higher":[],"to":"now"}"#, "now"),
            (
                #"{"model":"lstm","seeds":[1],"instruments":["a.B-C"],"timeframe":"1h","higher":[],"#
                    + #""from":"2024-01-01","to":"2024-01-01"}"#, "not before"
            ),
            (
                #"{"model":"lstm","seeds":[1],"instruments":["a.B-C"],"timeframe":"1h","higher":[],"promote":""}"#,
                "alias"
            ),
            (#"{"model":"lstm","seeds":[],"instruments":["a.B-C"],"timeframe":"1h","higher":[]}"#, "seeds must be"),
            (#"{"model":"lstm","seeds":[3,3],"instruments":["a.B-C"],"timeframe":"1h","higher":[]}"#, "different"),
            (
                #"{"model":"lstm","seeds":[1],"instruments":["a.B-C"],"timeframe":"1h","higher":[],"#
                    + #""label":"direction(after: 90m)"}"#, "whole bars"
            ),
            (
                #"{"model":"lstm","seeds":[1],"instruments":["a.B-C"],"timeframe":"1h","higher":[],"#
                    + #""settings":"{\"hidden\":8}"}"#, "no setting hidden"
            ),
            (
                #"{"model":"lstm","seeds":[1],"instruments":["a.B-C"],"timeframe":"1h","higher":[],"split":"coin"}"#,
                "coin"
            ),
            (
                #"{"model":"lstm","seeds":[1],"instruments":["a.B-C"],"timeframe":"1h","higher":[],"dataParallel":0}"#,
                "0 trainers"
            ),
            (
                #"{"model":"lstm","seeds":[1],"instruments":["a.B-C"],"timeframe":"1h","higher":[],"dataParallel":65}"#,
                "65 trainers"
            ),
            (
                #"{"model":"lstm","seeds":[1],"instruments":["a.B-C"],"timeframe":"1h","higher":[],"dataParallel":5,"#
                    + #""settings":"{\"training\":{\"batchSize\":4}}"}"#, "share a batch of 4"
            ),
            (
                #"{"model":"xgboost","seeds":[1],"instruments":["a.B-C"],"timeframe":"1h","higher":[],"dataParallel":2}"#,
                "no network"
            ),
            (
                #"{"model":"xgboost","seeds":[1],"instruments":["a.B-C"],"timeframe":"1h","higher":[],"start":"x"}"#,
                "starts from nothing"
            ),
            (
                #"{"model":"lstm","seeds":[1],"instruments":["a.B-C"],"timeframe":"1h","higher":[],"start":""}"#,
                "is empty"
            ),
            ("train", "JSON"),
        ])
    func refused(json: String, reason: String) {
        let error = #expect(throws: TrainingError.self) { try TrainingRequest(json: json) }
        #expect(error?.description.contains(reason) == true, "\(String(describing: error))")
        #expect(error?.description.contains("\n") == false)
    }
}
