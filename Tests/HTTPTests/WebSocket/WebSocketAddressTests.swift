import HTTP
import Testing

@Suite("Websocket address")
struct WebSocketAddressTests {
    @Test("Host, port, path and query are read, and the scheme's own port is the default")
    func parts() throws {
        let stream = try WebSocketAddress("wss://stream.binance.com:9443/stream?streams=a@trade/b@trade")
        #expect(stream.isSecure && stream.host == "stream.binance.com" && stream.port == 9443)
        #expect(stream.target == "/stream?streams=a@trade/b@trade")
        let bare = try WebSocketAddress("ws://localhost")
        #expect(!bare.isSecure && bare.port == 80 && bare.target == "/")
        #expect(try WebSocketAddress("wss://ws.kraken.com/v2").port == 443)
        #expect(try WebSocketAddress("ws://[::1]:7000/a").host == "::1")
    }

    @Test(
        "What is no websocket's address is refused",
        arguments: [
            "", "stream.binance.com", "https://a/b", "ws:///path", "ws://a b/", "ws://user:secret@a/", "ws://a/#part",
            "ws://a:0/", "ws://a:65536/",
        ])
    func refused(text: String) {
        #expect(throws: WebSocketError.self) { try WebSocketAddress(text) }
    }
}
