internal import Dispatch
internal import Synchronization

/// Looks host names up on a thread of its own, again and again, and answers at once with what it found last.
///
/// A look-up may block for seconds where a name server is away, and a thread that owns sockets must not. Only the first
/// question about a host waits for its answer.
public final class WatchingResolver: HostResolver {
    private struct Question: Hashable {
        let host: String
        let ipv6: Bool
    }

    private struct Answers {
        var known: [Question: Result<[String], BusError>] = [:]
        var thread: WorkerThread?
    }

    private final class State: Sendable {
        let answers = Mutex(Answers())
        let end = DispatchSemaphore(value: 0)
    }

    private let state = State()
    private let resolver: any HostResolver
    private let milliseconds: Int

    /// Asks `resolver` again after every `pause`.
    public init(asking resolver: any HostResolver = SystemResolver(), every pause: Duration = .seconds(2)) {
        self.resolver = resolver
        milliseconds = pause.milliseconds
    }

    // Not waited for: the thread may be in a look-up.
    deinit { state.end.signal() }

    public func addresses(of host: String, ipv6: Bool) throws(BusError) -> [String] {
        let question = Question(host: host, ipv6: ipv6)
        if let known = state.answers.withLock({ $0.known[question] }) { return try known.get() }
        let answer = Self.ask(resolver, question)
        state.answers.withLock { answers in
            answers.known[question] = answer
            if answers.thread == nil { answers.thread = watch() }
        }
        return try answer.get()
    }

    private func watch() -> WorkerThread {
        let (state, resolver, pause) = (state, resolver, milliseconds)
        return WorkerThread("bus-resolver") {
            while state.end.wait(timeout: .now() + .milliseconds(pause)) == .timedOut {
                for question in state.answers.withLock({ Array($0.known.keys) }) {
                    let answer = Self.ask(resolver, question)
                    state.answers.withLock { $0.known[question] = answer }
                }
            }
        }
    }

    private static func ask(_ resolver: any HostResolver, _ question: Question) -> Result<[String], BusError> {
        do throws(BusError) {
            return .success(try resolver.addresses(of: question.host, ipv6: question.ipv6))
        } catch {
            return .failure(error)
        }
    }
}
