internal import Configuration
internal import Foundation
internal import HTTP

/// The `healthcheck` subcommand: asks the running service on its own port.
enum HealthCheck {
    /// Ends the process: 0 when the service is ready, 1 when it is not or does not answer.
    static func run(_ config: ConfigReader) async -> Never {
        let host = config.string(forKey: "http.host", default: "127.0.0.1")
        guard let port = config.int(forKey: "http.port"), port > 0 else {
            FileHandle.standardError.write(
                Data("healthcheck: give --http-port, the port of the running service\n".utf8))
            exit(64)
        }
        do {
            let client = try CurlClient()
            let response = try await client.send(HTTPRequest(.get, url: "http://\(host):\(port)/readyz"))
            FileHandle.standardOutput.write(Data(response.body))
            exit(response.status == 200 ? 0 : 1)
        } catch {
            FileHandle.standardError.write(Data("healthcheck: \(error)\n".utf8))
            exit(1)
        }
    }
}
