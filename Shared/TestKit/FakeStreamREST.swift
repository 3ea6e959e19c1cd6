internal import Foundation
internal import NIOCore
internal import NIOHTTP1

/// The REST side of a ``FakeStreamVenue``.
enum FakeStreamREST {
    /// Answers the requests of one connection, one after the other; with `refusal` if that is what was decided.
    static func serve(
        _ channel: NIOAsyncChannel<HTTPServerRequestPart, HTTPServerResponsePart>, refusal: FakeVenue.Reply?,
        _ answer: @Sendable (FakeVenue.Request) async -> FakeVenue.Reply
    ) async throws {
        try await channel.executeThenClose { inbound, outbound in
            var head: HTTPRequestHead?
            var body: [UInt8] = []
            for try await part in inbound {
                switch part {
                case .head(let next): (head, body) = (next, [])
                case .body(let bytes): body += Array(bytes.readableBytesView)
                case .end:
                    let reply: FakeVenue.Reply
                    if let refusal {
                        // Of a request whose upgrade was refused, NIO gives the end only.
                        reply = refusal
                    } else {
                        guard let request = head.flatMap({ FakeVenue.Request($0, body: body) }) else { return }
                        reply = await answer(request)
                    }
                    if reply.delay > .zero { try await Task.sleep(for: reply.delay) }
                    guard try await send(reply, outbound) else { return }
                }
            }
        }
    }

    /// Sends a reply; `false` when the connection ends with it.
    private static func send(
        _ reply: FakeVenue.Reply, _ outbound: NIOAsyncChannelOutboundWriter<HTTPServerResponsePart>
    ) async throws -> Bool {
        var fields = HTTPHeaders(reply.headers.map { ($0.name, $0.value) })
        fields.add(name: "Content-Length", value: String(reply.body.count))
        let head = HTTPResponseHead(
            version: .http1_1, status: HTTPResponseStatus(statusCode: reply.status), headers: fields)
        switch reply.fault {
        case nil:
            try await outbound.write(.head(head))
            try await outbound.write(.body(.byteBuffer(ByteBuffer(bytes: reply.body))))
            try await outbound.write(.end(nil))
            return true
        case .truncated(let count):
            try await outbound.write(.head(head))
            try await outbound.write(.body(.byteBuffer(ByteBuffer(bytes: reply.body.prefix(count)))))
        case .unannounced:
            var bare = head
            bare.headers.replaceOrAdd(name: "Connection", value: "close")
            bare.headers.remove(name: "Content-Length")
            try await outbound.write(.head(bare))
            try await outbound.write(.body(.byteBuffer(ByteBuffer(bytes: reply.body))))
        case .closed: break
        case .stalled: try await Task.sleep(for: .seconds(3600))
        }
        return false
    }
}

extension FakeVenue.Request {
    /// The request that NIO read; `nil` when its target is none.
    fileprivate init?(_ head: HTTPRequestHead, body: [UInt8]) {
        guard let target = URLComponents(string: head.uri) else { return nil }
        let query = (target.queryItems ?? []).map { ($0.name, $0.value ?? "") }
        let headers = head.headers.map { ($0.name.lowercased(), $0.value) }
        self.init(
            method: head.method.rawValue, path: target.path, query: Dictionary(query) { first, _ in first },
            headers: Dictionary(headers) { first, _ in first }, body: body)
    }
}
