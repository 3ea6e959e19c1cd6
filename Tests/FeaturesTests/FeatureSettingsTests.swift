import Features
import Schema
import Testing

@Suite("Feature settings")
struct FeatureSettingsTests {
    private func names(_ text: String) throws -> [String] {
        try FeatureSettings(text: text).featureSet(primary: .hour1, higher: [.hour4]).names
    }

    @Test("Standard, full, groups and names are put together, and what has a minus before it is left out")
    func selection() throws {
        #expect(try names("standard") == FeatureSet.standard(primary: .hour1, higher: [.hour4]).names)
        #expect(try names("full") == fullSet.names)
        #expect(try names(" rsi_21, macd-signal@4h ,rsi_21") == ["rsi_21", "macd-signal_12_26_9@4h"])
        let calendar = try names("calendar")
        #expect(calendar.count == 7 && calendar.contains("hour-sine"))
        #expect(try names("calendar,-hour-sine,rsi") == calendar.filter { $0 != "hour-sine" } + ["rsi_14"])
        #expect(FeatureSettings { _ in nil } == .standard)
        #expect(FeatureSettings { $0 == "features.set" ? "rsi" : nil }.text == "rsi")
    }

    @Test(
        "What names nothing, or leaves nothing, is refused",
        arguments: ["", "rsj", "rsi,-rsi", "-standard", "standard,x_1"])
    func refused(text: String) {
        #expect(throws: FeaturesError.self) { _ = try names(text) }
    }
}
