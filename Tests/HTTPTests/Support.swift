import Foundation
import HTTP
import Schema
import Synchronization
import TestKit
import Venues

/// A clock that never waits: a sleep moves it forward by that much at once, and is remembered.
final class SkippingClock: Clock, Sendable {
    struct Instant: InstantProtocol {
        var offset: Duration

        func advanced(by duration: Duration) -> Self { Self(offset: offset + duration) }
        func duration(to other: Self) -> Duration { other.offset - offset }
        static func < (lhs: Self, rhs: Self) -> Bool { lhs.offset < rhs.offset }
    }

    private let state = Mutex((now: Duration.zero, sleeps: [Duration]()))

    var now: Instant { Instant(offset: state.withLock { $0.now }) }
    var minimumResolution: Duration { .nanoseconds(1) }
    var sleeps: [Duration] { state.withLock { $0.sleeps } }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        try Task.checkCancellation()
        state.withLock { state in
            state.sleeps.append(deadline.offset - state.now)
            state.now = max(state.now, deadline.offset)
        }
    }
}

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

/// A minute candle number `index`, with prices that differ from candle to candle.
func minuteCandle(_ index: Int64, instrument: Instrument = Instrument("binance.BTC-USDT")) throws -> Candle {
    let price = 60_000 + Double(index % 977) / 4
    return try Candle(
        instrument: instrument, timeframe: .minute1, openTime: UnixNanos(seconds: index * 60), open: price,
        high: price + 10.25, low: price - 7.5, close: price + 1.125, volume: Double(index % 13))
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

/// The venue's error that a call throws, or `nil` when it throws none.
func venueError(_ body: () async throws -> Void) async -> VenueError? {
    do {
        try await body()
        return nil
    } catch {
        return error as? VenueError
    }
}
