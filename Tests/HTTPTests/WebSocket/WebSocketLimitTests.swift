import HTTP
import TestKit
import TestTraits
import Testing

@Suite("Websocket limits", .sockets, .timeLimit(.minutes(20)))
struct WebSocketLimitTests {
    private func end(
        _ options: WebSocketOptions = WebSocketOptions(),
        stream: @escaping @Sendable (FakeStreamPeer) async throws -> Void
    ) async throws -> WebSocketError? {
        let behaviour = FakeStreamVenue.Behaviour { peer in
            try await stream(peer)
            for await _ in peer.texts {}
        }
        return try await FakeStreamVenue.run(behaviour) { venue in
            try await receive(from: venue, try webSocketClient(options)).end
        }
    }

    @Test("A message over the limit ends the connection, in one frame or in many; one at the limit does not")
    func tooLarge() async throws {
        let options = WebSocketOptions(maximumMessageBytes: 1000)
        for fragments in [1, 4] {
            let error = try await end(options) { peer in
                try await peer.send(String(repeating: "x", count: 1001), fragments: fragments)
            }
            #expect(error == .tooLarge(limit: 1000))
        }
        let error = try await end(options) { peer in
            try await peer.send(String(repeating: "x", count: 1000), fragments: 4)
            try await peer.close(code: 1000)
        }
        #expect(error == .closed(code: 1000, reason: ""))
    }

    @Test("A consumer that lags gets what fitted, in order, and then the error that tells it so")
    func tooSlow() async throws {
        let sent = AsyncStream<Void>.makeStream()
        let behaviour = FakeStreamVenue.Behaviour { peer in
            // The client may close before all is sent.
            defer { sent.continuation.finish() }
            for number in 0..<100 { try await peer.send(String(repeating: "\(number % 10)", count: 1000)) }
            sent.continuation.finish()
            for await _ in peer.texts {}
        }
        try await FakeStreamVenue.run(behaviour) { venue in
            let client = try webSocketClient(WebSocketOptions(maximumMessageBytes: 1000, inboxBytes: 20_000))
            let (messages, end) = try await client.withConnection(to: WebSocketAddress(venue.streamURL)) { connection in
                // The server has sent all, and then the client's loop has had time to read it.
                for await _ in sent.stream {}
                try await Task.sleep(for: .milliseconds(200))
                var messages: [WebSocketMessage] = []
                var iterator = connection.messages
                do throws(WebSocketError) {
                    while let message = try await iterator.next() { messages.append(message) }
                    return (messages, WebSocketError?.none)
                } catch {
                    return (messages, error)
                }
            }
            #expect(messages.count == 18)  // 20 000 bytes, 1000 and an allowance of 64 each
            #expect(messages.map { $0.bytes[0] } == (0..<18).map { UInt8(48 + $0 % 10) })
            #expect(end == .tooSlow(buffered: 18 * 1064))
        }
    }

    @Test("A text that is not UTF-8 breaks the protocol; the same bytes as a binary message do not")
    func notUnicode() async throws {
        let bytes: [UInt8] = [0x61, 0xC3, 0x28]
        #expect(
            try await end(stream: { try await $0.send(rawText: bytes) })
                == .protocolViolation("a text that is not UTF-8"))
        let error = try await end { peer in
            try await peer.send(binary: bytes)
            try await peer.close(code: 1001, reason: "bye")
        }
        #expect(error == .closed(code: 1001, reason: "bye"))
    }

    @Test("A message that begins within another breaks the protocol")
    func interleaved() async throws {
        guard case .protocolViolation = try await end(stream: { try await $0.sendInterleaved() }) else {
            Issue.record("it was accepted")
            return
        }
    }
}

@Suite("Websocket TLS", .sockets, .timeLimit(.minutes(20)), .enabled(if: canServeTLS, "needs the openssl command"))
struct WebSocketTLSTests {
    private func error(_ address: String, trusting certificate: String?) async throws -> WebSocketError? {
        let client = try webSocketClient(WebSocketOptions(certificateFile: certificate))
        do {
            try await client.withConnection(to: WebSocketAddress(address)) { _ in }
            return nil
        } catch {
            return error as? WebSocketError
        }
    }

    private func isTLS(_ error: WebSocketError?) -> Bool { if case .tls = error { true } else { false } }

    @Test("A certificate is refused unless it is trusted")
    func trust() async throws {
        let server = try await SecureServer.start()
        #expect(isTLS(try await error("wss://127.0.0.1:\(server.port)/", trusting: nil)))
        // It is no websocket server: over the trusted connection it answers with a page.
        let trusted = try await error("wss://127.0.0.1:\(server.port)/", trusting: server.certificate)
        #expect(trusted == .notUpgraded(status: 200, retryAfter: nil))
    }

    @Test("A trusted certificate of another host is refused", arguments: ["localhost", "127.0.0.1"])
    func hostName(host: String) async throws {
        let server = try await SecureServer.start(for: "DNS:example.org")
        #expect(isTLS(try await error("wss://\(host):\(server.port)/", trusting: server.certificate)))
    }
}
