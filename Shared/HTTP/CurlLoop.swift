internal import CCurl
internal import Foundation
internal import Synchronization

/// The thread that drives libcurl's multi interface, and the mailbox through which others reach it.
///
/// Unchecked because the compiler cannot see which thread runs a function: everything but ``inbox`` is touched only by
/// the loop's own thread, and ``multi`` is touched by others only under the inbox's lock, to wake the thread up, and
/// never after `isClosed`.
final class CurlLoop: @unchecked Sendable {
    typealias Completion = @Sendable (Result<HTTPResponse, HTTPError>) -> Void

    private enum Command {
        case submit(UInt64, HTTPRequest, Completion)
        case cancel(UInt64)
    }

    private struct Inbox {
        var commands: [Command] = []
        var lastIdentity: UInt64 = 0
        var isClosed = false
    }

    private static let started: CURLcode = ccurl_global_init()

    private let options: CurlClient.Options
    private let multi: UnsafeMutableRawPointer
    private let inbox = Mutex(Inbox())
    /// Transfers under way, by their easy handle.
    private var transfers: [UnsafeMutableRawPointer: CurlTransfer] = [:]
    /// Easy handles at rest, kept for their buffers.
    private var idle: [UnsafeMutableRawPointer] = []

    init(options: CurlClient.Options) throws(HTTPError) {
        guard Self.started == CURLE_OK, let multi = curl_multi_init() else {
            throw .transport(code: Int(Self.started.rawValue), message: "libcurl cannot start")
        }
        self.options = options
        self.multi = multi
        _ = ccurl_multi_set_long(multi, CURLMOPT_MAX_HOST_CONNECTIONS, options.connectionsPerHost)
    }

    /// Starts the thread, which keeps the loop alive until ``close()``.
    func start() {
        let thread = Thread { self.run() }
        thread.name = "http"
        thread.start()
    }

    func makeIdentity() -> UInt64 {
        inbox.withLock { inbox in
            inbox.lastIdentity += 1
            return inbox.lastIdentity
        }
    }

    /// Hands over a request; `completion` is called exactly once, on the loop's thread.
    func submit(_ identity: UInt64, _ request: HTTPRequest, completion: @escaping Completion) {
        let isAccepted = enqueue(.submit(identity, request, completion))
        if !isAccepted { completion(.failure(.cancelled)) }
    }

    /// Ends a request that is under way; one that is not under way is left alone.
    func cancel(_ identity: UInt64) { _ = enqueue(.cancel(identity)) }

    /// Ends every request and the thread.
    func close() {
        inbox.withLock { inbox in
            inbox.isClosed = true
            curl_multi_wakeup(multi)
        }
    }

    private func enqueue(_ command: Command) -> Bool {
        inbox.withLock { inbox in
            guard !inbox.isClosed else { return false }
            inbox.commands.append(command)
            curl_multi_wakeup(multi)
            return true
        }
    }

    // MARK: - On the loop's thread

    private func run() {
        // Writing to a connection that the peer has closed must be an error, not a signal that ends the process.
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &signals, nil)

        var isClosed = false
        while !isClosed {
            let commands: [Command]
            (commands, isClosed) = inbox.withLock { inbox in
                defer { inbox.commands = [] }
                return (inbox.commands, inbox.isClosed)
            }
            commands.forEach(handle)
            guard !isClosed else { break }
            var running: Int32 = 0
            curl_multi_perform(multi, &running)
            collectFinished()
            curl_multi_poll(multi, nil, 0, 60_000, nil)
        }
        for transfer in transfers.values { finish(transfer, with: .failure(.cancelled)) }
        idle.forEach(curl_easy_cleanup)
        curl_multi_cleanup(multi)
    }

    private func handle(_ command: Command) {
        switch command {
        case .submit(let identity, let request, let completion):
            begin(identity, request, completion)
        case .cancel(let identity):
            guard let transfer = transfers.values.first(where: { $0.identity == identity }) else { return }
            finish(transfer, with: .failure(.cancelled))
        }
    }

    private func begin(_ identity: UInt64, _ request: HTTPRequest, _ completion: @escaping Completion) {
        guard let easy = idle.popLast() ?? curl_easy_init() else {
            completion(.failure(.transport(code: Int(CURLE_OUT_OF_MEMORY.rawValue), message: "no handle")))
            return
        }
        let transfer = CurlTransfer(identity: identity, request: request, easy: easy, completion: completion)
        transfers[easy] = transfer
        do throws(HTTPError) {
            try transfer.configure(options)
            let code = curl_multi_add_handle(multi, easy)
            guard code == CURLM_OK else {
                throw .transport(code: Int(code.rawValue), message: "the transfer cannot start")
            }
        } catch {
            finish(transfer, with: .failure(error))
        }
    }

    private func collectFinished() {
        var remaining: Int32 = 0
        while let message = curl_multi_info_read(multi, &remaining) {
            guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle,
                let transfer = transfers[easy]
            else { continue }
            finish(transfer, with: transfer.result(of: ccurl_message_result(message)))
        }
    }

    /// Answers the caller first: removing a handle can wait for a name lookup that is under way.
    private func finish(_ transfer: CurlTransfer, with result: Result<HTTPResponse, HTTPError>) {
        transfer.completion(result)
        curl_multi_remove_handle(multi, transfer.easy)
        transfers[transfer.easy] = nil
        curl_easy_reset(transfer.easy)
        if idle.count < options.connectionsPerHost {
            idle.append(transfer.easy)
        } else {
            curl_easy_cleanup(transfer.easy)
        }
    }
}
