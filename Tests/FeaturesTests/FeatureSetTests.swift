import Schema
import Testing

@testable import Features

@Suite("Feature set")
struct FeatureSetTests {
    @Test("The standard set's identity is this number until a feature, a parameter or the code's revision changes")
    func pinned() {
        #expect(standardSet.id == FeatureSetID(0xDA63_42A8_7B73_EC7E))
        #expect(FeatureSet.standard(primary: .hour1, higher: [.day1, .hour4]).id == standardSet.id)
    }

    @Test("Every parameter and timeframe changes the identity")
    func identity() {
        let changes: [@Sendable (inout FeatureParameters) -> Void] = [
            { $0.momentum += 1 }, { $0.relativeStrength += 1 }, { $0.convergenceFast += 1 },
            { $0.convergenceSlow += 1 }, { $0.convergenceSignal += 1 }, { $0.stochastic += 1 },
            { $0.stochasticSmoothing += 1 }, { $0.exponentialAverage += 1 }, { $0.simpleAverage += 1 },
            { $0.directionalMovement += 1 }, { $0.trueRange += 1 }, { $0.bollinger += 1 },
            { $0.bollingerDeviations += 0.5 }, { $0.volatilityShort += 1 }, { $0.volatilityLong += 1 },
            { $0.volumeSurge += 1 }, { $0.balanceSlope += 1 }, { $0.levels += 1 }, { $0.trendFast += 1 },
            { $0.trendSlow += 1 }, { $0.higherRelativeStrength += 1 }, { $0.regimeShort += 1 }, { $0.regimeLong += 1 },
        ]
        #expect(changes.count == Mirror(reflecting: FeatureParameters()).children.count)
        var seen: Set<FeatureSetID> = [standardSet.id]
        for change in changes {
            var parameters = FeatureParameters()
            change(&parameters)
            seen.insert(FeatureSet.standard(primary: .hour1, higher: [.hour4, .day1], parameters: parameters).id)
        }
        seen.insert(FeatureSet.standard(primary: .minute30, higher: [.hour4, .day1]).id)
        seen.insert(FeatureSet.standard(primary: .hour1, higher: [.hour4]).id)
        seen.insert(FeatureSet.standard(primary: .hour1, higher: []).id)
        #expect(seen.count == changes.count + 4)
    }

    @Test("Every feature says what it is, and every group has one")
    func table() {
        #expect((20...24).contains(standardSet.count))
        for feature in standardSet.features {
            #expect(!feature.name.isEmpty && feature.name.allSatisfy { !$0.isWhitespace })
            #expect(feature.meaning.hasSuffix(".") && !feature.source.isEmpty && feature.warmUp > 0)
        }
        #expect(Set(standardSet.features.map(\.group)) == Set(Feature.Group.allCases))
        #expect(standardSet.warmUp(of: .hour1) == 101 && standardSet.warmUp(of: .hour4) == 15)
        #expect(standardSet.warmUp(of: .day1) == 21 && standardSet.warmUp(of: .minute1) == 0)
    }
}
