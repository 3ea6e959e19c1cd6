internal import DequeModule
internal import Synchronization

/// The messages that have arrived on a connection and have not been taken yet.
///
/// Bounded by bytes. What does not fit ends the inbox: a consumer that lags behind a market must begin anew, and
/// waiting for it would only move the pile to the venue. What came before the end can still be taken, without a hole.
final class WebSocketInbox: Sendable {
    private struct State {
        var messages: Deque<WebSocketMessage> = []
        /// Bytes in ``messages``, and an allowance for each of them.
        var size = 0
        var end: WebSocketError?
        var waiter: CheckedContinuation<Result<WebSocketMessage, WebSocketError>, Never>?
    }

    /// What a message costs beside its bytes, so that a flood of empty ones is bounded too.
    private static let allowance = 64
    private let capacity: Int
    private let state = Mutex(State())

    /// Creates an empty inbox that holds up to `capacity` bytes.
    init(capacity: Int) { self.capacity = capacity }

    /// Adds a message, or ends the inbox with ``WebSocketError/tooSlow(buffered:)`` when it does not fit.
    ///
    /// - Returns: whether the inbox is still open.
    func put(_ message: WebSocketMessage) -> Bool {
        let (isOpen, waiter) = state.withLock { state in
            guard state.end == nil else { return (false, Optional<Waiter>.none) }
            if let waiter = state.waiter.take() { return (true, waiter) }
            let size = state.size + message.bytes.count + Self.allowance
            guard size <= capacity else {
                state.end = .tooSlow(buffered: state.size)
                return (false, nil)
            }
            state.messages.append(message)
            state.size = size
            return (true, nil)
        }
        waiter?.resume(returning: .success(message))
        return isOpen
    }

    /// Lets nothing more in; the first reason stays.
    func end(_ error: WebSocketError) {
        let waiter = state.withLock { state in
            guard state.end == nil else { return Optional<Waiter>.none }
            state.end = error
            return state.waiter.take()
        }
        waiter?.resume(returning: .failure(error))
    }

    /// The oldest message, when there is one; one task may wait at a time.
    ///
    /// - Throws: the reason of the end, once everything before it has been taken; ``WebSocketError/cancelled`` at once when
    ///   the task is cancelled.
    func take() async throws(WebSocketError) -> WebSocketMessage {
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if let ready = takeNow(or: continuation) { continuation.resume(returning: ready) }
            }
        } onCancel: {
            state.withLock { $0.waiter.take() }?.resume(returning: .failure(.cancelled))
        }
        return try result.get()
    }

    /// What there is now, or `nil` when the waiter is left to be told.
    private func takeNow(or waiter: Waiter) -> Result<WebSocketMessage, WebSocketError>? {
        state.withLock { state in
            if let message = state.messages.popFirst() {
                state.size -= message.bytes.count + Self.allowance
                return .success(message)
            }
            if let end = state.end { return .failure(end) }
            // A handler that ran before this found no waiter to tell.
            if Task.isCancelled { return .failure(.cancelled) }
            precondition(state.waiter == nil, "two tasks wait for the messages of one connection")
            state.waiter = waiter
            return nil
        }
    }

    private typealias Waiter = CheckedContinuation<Result<WebSocketMessage, WebSocketError>, Never>
}
