import Dispatch
import Foundation
import HTTP
import TestTraits
import Testing

/// `openssl s_server` with a certificate of its own making, for one name only.
///
/// Unchecked because `Process` is not `Sendable`; one thread makes it and the last owner ends it.
final class SecureServer: @unchecked Sendable {
    static let tool = URL(fileURLWithPath: "/usr/bin/openssl")
    let folder: URL
    let port: Int
    private let process = Process()

    var certificate: String { folder.appendingPathComponent("certificate.pem").path }

    /// Starts a server, on a thread of its own since starting blocks.
    ///
    /// `name` is whom its certificate is for, as OpenSSL writes alternative names.
    static func start(for name: String = "IP:127.0.0.1") async throws -> SecureServer {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Result { try SecureServer(for: name) }) }
        }
    }

    private init(for name: String) throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let maker = Process()
        maker.executableURL = Self.tool
        maker.currentDirectoryURL = folder
        maker.standardError = FileHandle.nullDevice
        maker.arguments = """
            req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout key.pem -out certificate.pem \
            -days 2 -subj /CN=test -addext subjectAltName=\(name)
            """.split(separator: " ").map(String.init)
        let isMade = DispatchSemaphore(value: 0)
        maker.terminationHandler = { _ in isMade.signal() }
        try maker.run()
        isMade.wait()
        let output = Pipe()
        process.executableURL = Self.tool
        process.currentDirectoryURL = folder
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        process.standardInput = Pipe()
        process.arguments = "s_server -accept 127.0.0.1:0 -cert certificate.pem -key key.pem -www"
            .split(separator: " ").map(String.init)
        try process.run()
        // It prints "ACCEPT 127.0.0.1:PORT" once it listens.
        var text = ""
        while !text.contains("ACCEPT 127.0.0.1:") || !text.hasSuffix("\n") {
            let data = output.fileHandleForReading.availableData
            guard !data.isEmpty else { throw CocoaError(.fileReadUnknown) }
            text += String(decoding: data, as: UTF8.self)
        }
        let digits = text.components(separatedBy: "ACCEPT 127.0.0.1:").last?.prefix { $0.isNumber }
        port = try #require(digits.flatMap { Int($0) })
    }

    deinit {
        // Not `terminate()`: the child inherits its parent thread's signal mask, which may block that signal.
        kill(process.processIdentifier, SIGKILL)
        try? FileManager.default.removeItem(at: folder)
    }
}

let canServeTLS =
    FileManager.default.isExecutableFile(atPath: SecureServer.tool.path)
    || ProcessInfo.processInfo.environment["CI"] == "true"

@Suite("TLS", .sockets, .timeLimit(.minutes(20)), .enabled(if: canServeTLS, "needs the openssl command"))
struct TLSTests {
    private func get(_ url: String, trusting certificate: String?) async throws(HTTPError) -> HTTPResponse {
        let client = try CurlClient(options: .init(certificateFile: certificate))
        return try await client.send(HTTPRequest(url: url))
    }

    private func isTLS(_ error: HTTPError?) -> Bool { if case .tls = error { true } else { false } }

    @Test("A certificate that nobody vouches for is refused, and taken once it is trusted")
    func trust() async throws {
        let server = try await SecureServer.start()
        let url = "https://127.0.0.1:\(server.port)/"
        #expect(isTLS(await failure { try await get(url, trusting: nil) }))
        #expect(try await get(url, trusting: server.certificate).status == 200)
    }

    @Test("A trusted certificate of another host is refused")
    func hostName() async throws {
        let server = try await SecureServer.start()
        let url = "https://localhost:\(server.port)/"
        #expect(isTLS(await failure { try await get(url, trusting: server.certificate) }))
    }
}
