import HTTP
import Synchronization

/// A transport that gives these outcomes in turn, and counts the requests.
final class ScriptedTransport: HTTPTransport {
    private let script: [Result<HTTPResponse, HTTPError>]
    private let count = Mutex(0)

    init(_ script: [Result<HTTPResponse, HTTPError>]) { self.script = script }

    var requests: Int { count.withLock { $0 } }

    func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        let number = count.withLock { count in
            count += 1
            return count - 1
        }
        return try script[min(number, script.count - 1)].get()
    }
}

/// The HTTP error that a call throws, or `nil` when it throws none.
func failure(_ body: () async throws -> some Any) async -> HTTPError? {
    do {
        _ = try await body()
        return nil
    } catch {
        return error as? HTTPError
    }
}
