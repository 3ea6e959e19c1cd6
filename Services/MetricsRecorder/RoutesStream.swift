internal import Hummingbird
internal import Logging
internal import Schema
internal import ServiceLifecycle
internal import Synchronization

/// Reads the summary at most once a second, however many ask, and adds what only several looks tell.
actor SummaryTicker {
    /// How long a summary is good for, in nanoseconds.
    static let freshFor: Int64 = 900_000_000

    private let staleAfter: Double
    private let now: @Sendable () -> UnixNanos
    private let read: @Sendable () async throws -> DashboardSummary
    private var watch = FeedWatch()
    private var last: (time: UnixNanos, summary: DashboardSummary)?
    private var isReading = false

    init(
        staleAfter: Double, now: @escaping @Sendable () -> UnixNanos,
        read: @escaping @Sendable () async throws -> DashboardSummary
    ) {
        (self.staleAfter, self.now, self.read) = (staleAfter, now, read)
    }

    /// The summary as of now, or of less than a second ago; while the store keeps a reader waiting, the last one.
    func latest() async throws -> DashboardSummary {
        if let last, isReading || now().rawValue - last.time.rawValue < Self.freshFor { return completed(last) }
        isReading = true
        defer { isReading = false }
        let summary = try await read()
        let fresh = (time: now(), summary: summary)
        watch.see(summary, at: fresh.time)
        last = fresh
        return completed(fresh)
    }

    private func completed(_ last: (time: UnixNanos, summary: DashboardSummary)) -> DashboardSummary {
        var summary = last.summary
        watch.complete(&summary, at: now(), staleAfter: staleAfter)
        if now().seconds - last.time.seconds > staleAfter { summary.stale = true }
        return summary
    }
}

/// What changes between summaries: speed, time left, and for how long nothing has changed.
struct FeedWatch {
    /// Weight of the last second in the speed.
    static let smoothing = 0.2

    private var seen: (time: UnixNanos, done: UInt64)?
    private var mark: [Int64] = []
    private(set) var lastChange: UnixNanos?
    private(set) var perSecond: Double?

    mutating func see(_ summary: DashboardSummary, at time: UnixNanos) {
        let signs = [
            Int64(clamping: summary.feedPosition), summary.feedTime ?? 0,
            Int64(clamping: summary.executedPosition), Int64(clamping: summary.progress?.done ?? 0),
            Int64(summary.counts.predictions),
        ]
        if lastChange == nil || signs != mark { (lastChange, mark) = (time, signs) }
        guard let done = summary.progress?.done else { return }
        if let seen, time > seen.time {
            let seconds = time.seconds - seen.time.seconds
            let speed = done >= seen.done ? Double(done - seen.done) / seconds : 0
            perSecond = perSecond.map { $0 + Self.smoothing * (speed - $0) } ?? speed
        }
        seen = (time, done)
    }

    /// Writes speed, time left and staleness into `summary`.
    func complete(_ summary: inout DashboardSummary, at time: UnixNanos, staleAfter: Double) {
        let change = lastChange ?? time
        summary.serverTime = time.milliseconds
        summary.lastChangeTime = change.milliseconds
        if var progress = summary.progress {
            let left = progress.total > progress.done ? progress.total - progress.done : 0
            let isMoving = left > 0 && !summary.finished
            progress.perSecond = isMoving ? perSecond : nil
            if isMoving, let perSecond, perSecond > 0 { progress.remainingSeconds = Double(left) / perSecond }
            summary.progress = progress
        }
        summary.stale = !summary.finished && time.seconds - change.seconds > staleAfter
    }
}

/// How many streams may be open at once.
final class StreamLimit: Sendable {
    private let limit: Int
    private let open = Mutex(0)

    init(_ limit: Int) { self.limit = limit }

    /// Takes a place; `false` when there is none.
    func enter() -> Bool {
        open.withLock { count in
            guard count < limit else { return false }
            count += 1
            return true
        }
    }

    func leave() { open.withLock { $0 -= 1 } }
}

extension DashboardRoutes {
    /// Server-sent events: a `tick` each second until the reader goes away or the service stops.
    ///
    /// A reader for whom there is no place gets an empty stream, and so polls.
    func stream() -> Response {
        let body = ResponseBody { writer in
            if streams.enter() {
                defer { streams.leave() }
                try await writer.write(ByteBuffer(string: "retry: 2000\n\n"))
                while !Task.isShuttingDownGracefully {
                    try await writer.write(await event())
                    try await Task.sleep(for: .seconds(1))
                }
            }
            try await writer.finish(nil)
        }
        return Response(
            status: .ok, headers: [.contentType: "text/event-stream", .cacheControl: "no-store"], body: body)
    }

    /// The next event: a tick, or a comment that keeps the connection open when the store does not answer.
    private func event() async throws -> ByteBuffer {
        var buffer = ByteBuffer()
        do {
            let summary = try JSONAnswer.bytes(await ticker.latest())
            buffer.writeString("event: tick\ndata: ")
            buffer.writeBytes(summary)
        } catch let error as CancellationError {
            throw error
        } catch {
            logger.warning("dashboard query failed", metadata: ["dashboard.query": "stream", "error": "\(error)"])
            buffer.writeString(": the store does not answer")
        }
        buffer.writeString("\n\n")
        return buffer
    }
}
