import Configuration
import Schema
import Testing

@testable import ServiceKit

@Suite("Flags")
struct FlagsTests {
    private let keys = [SettingKey("market.instruments", "", ""), SettingKey("http.port", "", "")]

    @Test("A value with commas is one text, like the environment variable of the same name")
    func commas() throws {
        let variables = try Flags.variables(["--market-instruments", "a,b", "--http-port=-1"], keys)
        let config = ConfigReader(provider: EnvironmentVariablesProvider(environmentVariables: variables))
        #expect(config.string(forKey: "market.instruments") == "a,b")
        #expect(config.int(forKey: "http.port") == -1)
    }

    @Test("The address of any service is a flag")
    func endpoints() throws {
        let variables = try Flags.variables(["--bus-endpoint-risk-gate", "tcp://a:1"], keys)
        let config = ConfigReader(provider: EnvironmentVariablesProvider(environmentVariables: variables))
        #expect(config.string(forKey: "bus.endpoint.risk-gate") == "tcp://a:1")
    }

    @Test(
        "What cannot be meant is refused",
        arguments: [
            (["--market-instrument", "a"], "unknown flag --market-instrument"),
            (["--http-port", "1", "--http-port=2"], "flag --http-port is given twice"),
            (["--http-port"], "flag --http-port has no value"),
            (["--http-port", "--market-instruments", "a"], "flag --http-port has no value"),
            (["--http-port", "1", "2"], "\"2\" follows no flag"),
        ])
    func refusals(arguments: [String], reason: String) {
        let error = #expect(throws: SettingError.self) { try Flags.variables(arguments, keys) }
        #expect(error?.description.hasPrefix(reason) == true)
    }
}
