/// Something that sends requests.
public protocol HTTPTransport: Sendable {
    /// Sends one request and returns its complete answer, whatever the status.
    ///
    /// Returns promptly when the task is cancelled.
    ///
    /// - Throws: ``HTTPError`` when there is no complete answer; a status alone is never thrown.
    func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse
}
