internal import HTTP
internal import Market
internal import Schema
internal import Synchronization

/// Does what one session says, and tells it what came of it.
final class SessionDriver<Random: RandomNumberGenerator & Sendable, C: Clock>: Sendable where C.Duration == Duration {
    private struct State {
        var session: MarketDataSession
        /// When the next waking is due that is already waited for.
        var nextWaking: Duration?
        /// Frames for the open connection; ending it closes the connection.
        var frames: AsyncStream<[String]>.Continuation?
    }

    /// What has to be done beside the session.
    private enum Work: Sendable {
        case connect
        case request(MarketDataRequest)
        case wake(at: Duration)
    }

    private let feed: MarketDataFeed<Random, C>
    private let address: WebSocketAddress
    private let output: MarketDataFeed<Random, C>.Events.Continuation
    private let start: C.Instant
    private let state: Mutex<State>
    private let works: AsyncStream<Work>
    private let work: AsyncStream<Work>.Continuation

    init(
        _ session: MarketDataSession, _ feed: MarketDataFeed<Random, C>,
        _ output: MarketDataFeed<Random, C>.Events.Continuation
    ) throws(WebSocketError) {
        address = try WebSocketAddress(session.connection.url)
        self.feed = feed
        self.output = output
        start = feed.clock.now
        state = Mutex(State(session: session))
        // Bounded by the session: one connection, and one request and one waking a stream.
        (works, work) = AsyncStream.makeStream()
    }

    var statistics: MarketDataStatistics { state.withLock { $0.session.statistics } }

    /// Runs until the task is cancelled.
    func run() async {
        await withDiscardingTaskGroup { group in
            step(.started)
            for await work in works {
                group.addTask { [self] in
                    switch work {
                    case .connect: await connect()
                    case .request(let request): step(.answered(request, await answer(request)))
                    case .wake(let due): await wake(at: due)
                    }
                }
            }
            group.cancelAll()
        }
    }

    /// Tells the session what happened, and begins what it says; events go out in the order of these calls.
    private func step(_ input: MarketDataSession.Input) {
        state.withLock { state in
            let elapsed = start.duration(to: feed.clock.now)
            let moment = MarketDataSession.Moment(elapsed: elapsed, time: feed.now())
            for action in state.session.handle(input, at: moment) {
                switch action {
                case .connect: work.yield(.connect)
                case .request(let request): work.yield(.request(request))
                case .send(let frames): state.frames?.yield(frames)
                case .disconnect: state.frames?.finish()
                case .emit(let event): emit(event)
                }
            }
            guard let deadline = state.session.deadline, state.nextWaking.map({ deadline < $0 }) ?? true else { return }
            state.nextWaking = deadline
            work.yield(.wake(at: deadline))
        }
    }

    /// Wakes the session when it is time, unless another waking has taken this one's place.
    private func wake(at due: Duration) async {
        do { try await feed.clock.sleep(until: start.advanced(by: due), tolerance: nil) } catch { return }
        let isNext = state.withLock { state in
            guard state.nextWaking == due else { return false }
            state.nextWaking = nil
            return true
        }
        if isNext { step(.woken) }
    }

    private func emit(_ event: MarketDataEvent) {
        guard case .dropped = output.yield(event) else { return }
        output.finish(throwing: MarketDataError.tooSlow(buffered: MarketDataFeed<Random, C>.capacity))
    }

    /// Opens a connection when the venue's budget allows, and serves it to its end.
    private func connect() async {
        do {
            while case .wait(let wait) = feed.budget.acquire() {
                try await feed.clock.sleep(for: wait)
            }
            try await feed.sockets.withConnection(to: address) { [self] connection in
                defer { state.withLock { $0.frames = nil } }
                try await serve(connection)
            }
            step(.disconnected(.cancelled))
        } catch {
            step(.disconnected(error as? WebSocketError ?? .cancelled))
        }
    }

    private func serve(_ connection: WebSocketConnection) async throws {
        let (frames, continuation) = AsyncStream<[String]>.makeStream()
        state.withLock { $0.frames = continuation }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { [self] in
                for try await message in connection.messages {
                    step(.message(message.bytes, receivedAt: UnixNanos(message.receivedNanoseconds)))
                }
            }
            group.addTask { [self] in try await send(frames, on: connection) }
            step(.connected)
            defer { group.cancelAll() }
            // Either the connection fails, or the session has ended it and the frames with it.
            try await group.next()
        }
    }

    /// Sends frames so far apart that the venue's allowance can never be exceeded.
    private func send(_ frames: AsyncStream<[String]>, on connection: WebSocketConnection) async throws {
        let allowance = feed.feed.connectionRules.frames
        let pace = allowance.per / allowance.count
        for await batch in frames {
            for frame in batch {
                try await connection.send(frame)
                try await feed.clock.sleep(for: pace)
            }
        }
    }

    private func answer(_ request: MarketDataRequest) async -> MarketDataAnswer {
        do throws(VenueError) { return try await ask(request.subject) } catch { return .failed(error) }
    }

    private func ask(_ subject: MarketDataRequest.Subject) async throws(VenueError) -> MarketDataAnswer {
        let requested = feed.now()
        switch subject {
        case .trades(let last):
            var all: [NumberedTrade] = []
            var pages = try feed.marketData.trades(after: last, asOf: requested).makeAsyncIterator()
            while let page = try await pages.next(isolation: nil) { all += page }
            return .trades(all)
        case .candles(let instrument, let timeframe, let range):
            var (rows, anomalies): ([CandleRow], [Anomaly]) = ([], [])
            // The venue's clock decides what has closed, so ours is set to it as far as we know it.
            let asOf = requested.advanced(by: max(0, statistics.skew?.offset ?? 0))
            var pages = try feed.marketData.candles(
                instrument, timeframe, from: range.lowerBound, to: range.upperBound, asOf: asOf
            ).makeAsyncIterator()
            while let page = try await pages.next(isolation: nil) {
                rows += page.candles.map(CandleRow.init)
                anomalies += page.anomalies
            }
            return .candles(rows, anomalies)
        case .depth(let instrument):
            return .depth(try await feed.marketData.depthSnapshot(instrument, receivedAt: requested))
        case .serverTime:
            let server = try await feed.marketData.serverTime()
            return .serverTime(server, requested: requested, answered: feed.now())
        }
    }
}
