import HTTP
import Market
import Schema
import TestKit
import TestTraits
import Testing
import Venues

@Suite("Venue refusals", .sockets, .timeLimit(.minutes(20)))
struct VenueRefusalTests {
    private func error(
        _ reply: FakeVenue.Reply, _ data: (VenueClients) throws -> any VenueMarketData
    ) async throws -> VenueError? {
        let clients = try VenueClients { _, _ in reply }
        let data = try data(clients)
        return await venueError { _ = try await data.serverTime() }
    }

    private func reason(_ error: VenueError?) -> VenueRefusal.Reason? {
        guard case .refused(_, let refusal) = error else { return nil }
        return refusal.reason
    }

    static let krakenErrors: [(String, VenueRefusal.Reason)] = [
        ("EQuery:Unknown asset pair", .unknownInstrument), ("EGeneral:Invalid arguments", .invalidRequest),
        ("EAPI:Rate limit exceeded", .rateLimit), ("EGeneral:Too many requests", .rateLimit),
        ("EService:Unavailable", .unavailable), ("EService:Busy", .unavailable), ("EAPI:Invalid key", .authentication),
        ("EAPI:Invalid nonce", .clock), ("EGeneral:Permission denied", .authentication),
        ("EOrder:Insufficient funds", .order), ("EFunding:Unknown", .order), ("EOther:Unheard of", .other),
    ]

    @Test("Kraken's words become reasons, though the status is 200", arguments: krakenErrors)
    func krakenWords(word: String, reason expected: VenueRefusal.Reason) async throws {
        let error = try await error(.init(200, #"{"error":["\#(word)"]}"#)) { try $0.kraken }
        #expect(reason(error) == expected)
        guard case .refused(let endpoint, let refusal) = error else { return }
        #expect(endpoint == VenueEndpoint(venue: "kraken", path: "/0/public/Time") && refusal.message == word)
    }

    @Test("A limit of Kraken's is waited out and asked again, as if the status had said so")
    func krakenRetries() async throws {
        let clients = try VenueClients(script: [
            .init(200, #"{"error":["EAPI:Rate limit exceeded"]}"#), .init(200, #"{"error":["EService:Busy"]}"#),
            .init(200, #"{"error":[],"result":{"unixtime":7}}"#),
        ])
        #expect(try await clients.kraken.serverTime() == UnixNanos(seconds: 7))
        #expect(clients.venue.requests.count == 3 && clients.clock.sleeps.count >= 2)
    }

    @Test("A warning of Kraken's refuses nothing, and an answer without a result is malformed")
    func krakenWarning() async throws {
        let clients = try VenueClients(script: [
            .init(200, #"{"error":["WGeneral:Slow"],"result":{"unixtime":7}}"#), .init(200, #"{"error":[]}"#),
        ])
        let data = try clients.kraken
        #expect(try await data.serverTime() == UnixNanos(seconds: 7))
        let endpoint = VenueEndpoint(venue: "kraken", path: "/0/public/Time")
        await #expect(throws: VenueError.malformed(endpoint, "neither error nor result")) {
            try await data.serverTime()
        }
    }

    static let coinbaseErrors: [(Int, String, VenueRefusal.Reason)] = [
        (404, #"{"error":"NOT_FOUND","error_details":"x","message":"product not found"}"#, .unknownInstrument),
        (400, #"{"error":"INVALID_ARGUMENT","message":"bad"}"#, .invalidRequest), (429, "", .rateLimit),
        (503, "<html>", .unavailable), (401, "Unauthorized", .authentication), (418, "", .other),
    ]

    @Test("Coinbase's statuses become reasons", arguments: coinbaseErrors)
    func coinbase(status: Int, body: String, reason expected: VenueRefusal.Reason) async throws {
        let error = try await error(.init(status, body)) { try $0.coinbase }
        #expect(reason(error) == expected)
    }

    static let geminiErrors: [(Int, String, VenueRefusal.Reason)] = [
        (400, "InvalidSymbol", .unknownInstrument), (429, "RateLimit", .rateLimit), (503, "Maintenance", .unavailable),
        (400, "InvalidSignature", .authentication), (400, "InvalidNonce", .clock), (406, "InsufficientFunds", .order),
        (400, "Unheard", .invalidRequest), (404, "EndpointNotFound", .unknownInstrument), (418, "Teapot", .other),
    ]

    @Test("Gemini's words become reasons, and its statuses where the word is not known", arguments: geminiErrors)
    func gemini(status: Int, word: String, reason expected: VenueRefusal.Reason) async throws {
        let error = try await error(.init(status, #"{"result":"error","reason":"\#(word)","message":"words"}"#)) {
            try $0.gemini
        }
        #expect(reason(error) == expected)
    }

    @Test("Every venue refuses an instrument of another one before anything is sent")
    func otherVenues() async throws {
        let clients = try VenueClients(script: [])
        let all: [any VenueMarketData] = [
            try clients.spot, try clients.futures, try clients.coinbase, try clients.kraken, try clients.gemini,
        ]
        let stranger = Instrument("elsewhere.BTC-USD")
        let now = UnixNanos(seconds: 1)
        let trade = NumberedTrade(
            trade: try Trade(
                instrument: stranger, id: "1", price: 1, quantity: 1, aggressor: .buyer, eventTime: now,
                receiveTime: now),
            sequence: 1)
        for data in all {
            #expect(throws: VenueError.self) { try data.candles(stranger, .hour1, from: now, to: now, asOf: now) }
            #expect(throws: VenueError.self) { try data.trades(after: trade, asOf: now) }
            await #expect(throws: VenueError.self) { try await data.recentTrades(stranger, receivedAt: now) }
            await #expect(throws: VenueError.self) { try await data.depthSnapshot(stranger, receivedAt: now) }
            await #expect(throws: VenueError.self) { try await data.listings(of: [stranger]) }
        }
        #expect(clients.venue.requests.isEmpty)
    }
}
