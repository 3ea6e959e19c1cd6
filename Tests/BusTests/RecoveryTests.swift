import Schema
import Testing

@testable import Bus

@Suite("Recovery", .timeLimit(.minutes(20)))
struct RecoveryTests {
    private let requests: [RecoveryRequest] = [
        .batches(consumer: "risk-gate", after: FeedPosition(.max), limit: 500),
        .acknowledge(consumer: "", upTo: .start),
    ]

    @Test("A request is answered with the batches that were missed", arguments: Wire.allCases)
    func answer(wire: Wire) throws {
        let pair = try Pair(wire, context: ZMQContext())
        for request in requests { #expect(try pair.subscriber.request(request) == 1) }
        var refused: [BusError] = []
        let received = try pair.requests(2, refused: &refused)
        #expect(received.map(\.request) == requests && refused.isEmpty)
        let page = RecoveryPage(batches: try (1...3).map { try Samples.batch($0) }, head: FeedPosition(99))
        try pair.publisher.reply(to: received[0].peer, page, sentTime: UnixNanos(1))
        try pair.publisher.reply(
            to: received[0].peer, RecoveryPage(batches: [], head: FeedPosition(3)), sentTime: UnixNanos(1))
        var inbox = Inbox()
        try pair.receive(into: &inbox) { $0.pages.count == 2 }
        #expect(inbox.pages.map(\.page) == [page, RecoveryPage(batches: [], head: FeedPosition(3))])
        #expect(inbox.pages.allSatisfy { $0.publisher == Shard.whole.run(drawn: 7) })
    }

    @Test("A page holds every kind of message")
    func everyKind() throws {
        let messages = try Samples.messages().filter { $0.kind != .watermark }
        let entries = messages.enumerated().map { index, message in
            LogEntry(
                event: Event(position: FeedPosition(5), trace: FeedPosition(3), message), sequence: UInt64(index) + 10,
                ordinal: UInt32(index))
        }
        let batch = LogBatch(entries: entries, watermark: try Samples.batch(1).watermark, number: 4)
        let page = RecoveryPage(batches: [batch, try Samples.batch(1, entries: 0)], head: FeedPosition(9))
        #expect(try decode(encode(page)).page == page)
    }

    @Test("A page is cut after the last batch that fits, and one batch is always sent")
    func pageLimit() throws {
        let batches = try (1...4).map { try Samples.batch($0, entries: 10) }
        let page = RecoveryPage(batches: batches, head: FeedPosition(99))
        let whole = try encode(page).count
        #expect(try decode(encode(page, limit: whole)).page.batches == batches)
        #expect(try decode(encode(page, limit: whole - 1)).page.batches == Array(batches.prefix(3)))
        #expect(try decode(encode(page, limit: 1)).page == RecoveryPage(batches: [batches[0]], head: FeedPosition(99)))
    }

    @Test("A page of the largest size arrives", arguments: [Wire.ipc, .tcp])
    func largePage(wire: Wire) throws {
        let pair = try Pair(wire, context: ZMQContext())
        try pair.subscriber.request(requests[0])
        var refused: [BusError] = []
        let peer = try #require(try pair.requests(1, refused: &refused).first).peer
        // About 1 MB each, so that eight at the most fit.
        let batches = try (1...10).map { try Samples.batch($0, entries: 100, padding: 1250) }
        try pair.publisher.reply(
            to: peer, RecoveryPage(batches: batches, head: FeedPosition(1)), sentTime: UnixNanos(0))
        var inbox = Inbox()
        try pair.receive(into: &inbox) { $0.pages.count == 1 }
        #expect((7...8).contains(inbox.pages[0].page.batches.count))
        #expect(inbox.pages[0].page.batches == Array(batches.prefix(inbox.pages[0].page.batches.count)))
    }

    @Test("Requests that cannot be read are counted and not answered, and the next one is")
    func corruptRequests() throws {
        let context = try ZMQContext()
        let pair = try Pair(.ipc, context: context)
        let stranger = try ZMQSocket(context, .dealer, SocketOptions())
        try stranger.connect(pair.publisher.recoveryEndpoint)
        try stranger.send([1, 2, 3], more: false)
        try stranger.send([], more: true)
        try stranger.send(RecoveryCoder.bytes(of: requests[0]), more: false)
        try stranger.send(RecoveryCoder.bytes(of: requests[1]), more: false)
        var refused: [BusError] = []
        let received = try pair.requests(3, refused: &refused)
        #expect(received.map(\.request) == [requests[1]])
        #expect(refused == [.malformed(.recovery("magic")), .malformed(.frameCount(3))])
    }

    @Test("A page that cannot be read is refused, and what follows arrives")
    func corruptPage() throws {
        let context = try ZMQContext()
        let endpoint = try Wire.ipc.endpoint()
        let router = try ZMQSocket(context, .router, SocketOptions())
        try router.bind(endpoint.recovery())
        let subscriber = try LogSubscriber(context: context, endpoints: EndpointList([endpoint]))
        try subscriber.request(requests[0])
        #expect(try router.wait(milliseconds: limit.milliseconds))
        let frames = FrameBuffer(capacity: 2)
        #expect(try frames.receive(from: router) == 2)
        let peer = frames.bytes(0)
        for answer in [[7], try encode(RecoveryPage(batches: [Samples.batch(1)], head: FeedPosition(3)))] {
            try router.send(peer, more: true)
            try router.send(answer, more: false)
        }
        let poller = Poller(subscribers: [subscriber])
        var inbox = Inbox()
        while inbox.pages.isEmpty {
            try #require(try poller.wait(timeout: limit).hasItems(subscriber: 0))
            try subscriber.drain(into: &inbox)
        }
        #expect(inbox.refused == [.malformed(.recovery("ends too early"))])
        #expect(inbox.pages[0].page.head == FeedPosition(3))
    }

    @Test("A request or a page that is cut anywhere, or goes on too long, is refused")
    func truncated() throws {
        for request in requests {
            let bytes = RecoveryCoder.bytes(of: request)
            let read = try bytes.withUnsafeBytes { try RecoveryCoder.request($0) }
            #expect(read.0 == request && read.of == .whole)
            for count in 0..<bytes.count {
                #expect(throws: BusError.self) {
                    try bytes.prefix(count).withUnsafeBytes { try RecoveryCoder.request($0) }
                }
            }
            #expect(throws: BusError.self) { try (bytes + [0]).withUnsafeBytes { try RecoveryCoder.request($0) } }
        }
        let page = try encode(RecoveryPage(batches: [Samples.batch(1), Samples.batch(2)], head: FeedPosition(9)))
        for count in 0..<page.count {
            #expect(throws: BusError.self) { try decode(Array(page.prefix(count))) }
        }
        #expect(throws: BusError.self) { try decode(page + [0]) }
    }

    @Test("Any bytes at all are a request, a page or an error", arguments: 0..<8)
    func junk(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let valid = [
            RecoveryCoder.bytes(of: requests[0]),
            try encode(RecoveryPage(batches: [Samples.batch(1), Samples.batch(2)], head: FeedPosition(9))),
        ]
        for _ in 0..<1000 {
            var bytes = valid[Int.random(in: 0...1, using: &random)]
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0 ... .max, using: &random)
            }
            if Bool.random(using: &random) { bytes.removeLast(Int.random(in: 0...bytes.count, using: &random)) }
            _ = try? decode(bytes)
            _ = try? bytes.withUnsafeBytes { try RecoveryCoder.request($0) }
        }
        // A count that is far too large asks for no memory.
        var bytes = valid[1]
        bytes.replace(at: 20, with: UInt32.max)
        bytes.replace(at: 24, with: UInt32.max)
        #expect(throws: BusError.malformed(.recovery("number of messages"))) { try decode(bytes) }
    }

    private func encode(_ page: RecoveryPage, limit: Int = RecoveryCoder.pageBytes) throws -> [UInt8] {
        var encoder = FrameEncoder(publisher: 7)
        var bytes: [UInt8] = []
        try RecoveryCoder.write(page, sentTime: UnixNanos(1), limit: limit, using: &encoder, to: &bytes)
        return bytes
    }

    private func decode(_ bytes: [UInt8]) throws -> ReceivedPage {
        try bytes.withUnsafeBytes { try RecoveryCoder.page($0, using: FrameDecoder()) }
    }
}
