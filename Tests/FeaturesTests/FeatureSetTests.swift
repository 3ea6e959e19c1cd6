import Schema
import Testing

@testable import Features

@Suite("Feature set")
struct FeatureSetTests {
    @Test("The standard set's identity is this number until a feature, a parameter or the code's revision changes")
    func pinned() {
        #expect(standardSet.id.description == "79b8a4b54160d05b")
        #expect(FeatureSet.standard(primary: .hour1, higher: [.day1, .hour4]).id == standardSet.id)
    }

    @Test("Every parameter, timeframe and place in the list changes the identity")
    func identity() throws {
        var seen: [FeatureSetID: String] = [:]
        func see(_ names: [String], _ primary: Timeframe = .hour1, _ higher: [Timeframe] = [.hour4]) throws {
            let set = try FeatureSet(names, primary: primary, higher: higher)
            let text = "\(names) \(primary) \(higher)"
            #expect(seen[set.id] == nil, "\(text) is \(seen[set.id] ?? "")")
            seen[set.id] = text
        }
        for family in FeatureCatalogue.families {
            let name = family.outputs[0].name
            try see([name])
            for index in family.parameters.indices {
                var values = family.parameters.map(\.standard)
                values[index] *= family.parameters[index].isWhole ? 1 : 1.5
                values[index] += family.parameters[index].isWhole ? 1 : 0
                try see([FeatureName.text(name, values)])
            }
        }
        try see(["rsi", "ema"])
        try see(["ema", "rsi"])
        try see(["rsi@4h"])
        try see(["rsi"], .minute30)
        try see(["rsi"], .hour1, [.day1])
        try see(["rsi"], .hour1, [])
        #expect(seen.count > 100)
    }

    @Test("A name stands for one feature, whether it gives the standard parameters or leaves them out")
    func names() throws {
        let set = try FeatureSet(
            ["rsi", "rsi_14", "rsi@1h", "rsi_14@4h", "macd-signal"], primary: .hour1, higher: [.hour4])
        #expect(set.names == ["rsi_14", "rsi_14@4h", "macd-signal_12_26_9"])
        let (short, long) = (
            try FeatureSet(["rsi"], primary: .hour1, higher: []),
            try FeatureSet(["rsi_14"], primary: .hour1, higher: [])
        )
        #expect(short.id == long.id)
        #expect(set.features[2].parameters.map(\.name) == ["fast", "slow", "signal"])
        #expect(set.features[1].timeframes == [.hour4] && set.features[1].warmUp(of: .hour4) == 15)
    }

    @Test(
        "A name that stands for none is refused with the reason",
        arguments: [
            ("rsj", "none of this name"), ("rsi_x", "not a number"), ("rsi_14_2", "it has length"),
            ("rsi_0", "whole number"), ("rsi_2.5", "whole number"), ("rsi_-3", "whole number"),
            ("rsi_1e9", "out of range"), ("rsi_nan", "not a number"), ("rsi@2h", "not a timeframe"),
            ("rsi@1d", "none of the timeframes"), ("rsi@4h@4h", "not a timeframe"),
            ("macd_26_12_9", "fast must be less than slow"), ("obv_3", "no parameters"), ("adx_1", "at least 2"),
            ("bollinger-b_20_0", "out of range"),
            ("", "none of this name"), ("_", "not a number"),
        ])
    func refused(name: String, reason: String) {
        let error = #expect(throws: FeaturesError.self) {
            _ = try FeatureSet([name], primary: .hour1, higher: [.hour4])
        }
        #expect(error?.description.contains(reason) == true, "\(error.map { "\($0)" } ?? "")")
    }

    @Test("Every feature of the catalogue says what it is, and every group has one")
    func table() {
        for feature in fullSet.features {
            #expect(feature.name.allSatisfy { !$0.isWhitespace && $0 != "," })
            #expect(feature.meaning.hasSuffix(".") && !feature.source.isEmpty, "\(feature.name)")
        }
        #expect(Set(fullSet.features.map(\.group)) == Set(FeatureFamily.Group.allCases))
        #expect(fullSet.count > FeatureCatalogue.families.flatMap(\.outputs).count)
        #expect(standardSet.warmUp(of: .hour1) == 101 && standardSet.warmUp(of: .hour4) == 20)
        #expect(standardSet.warmUp(of: .day1) == 21 && standardSet.warmUp(of: .minute1) == 0)
    }
}
