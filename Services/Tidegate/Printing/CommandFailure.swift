internal import Bus
internal import Foundation
internal import Store

/// What a command could not do, in one line for a person.
struct CommandFailure: Error, Equatable, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }

    /// Runs `body`; an error of the bus or the store is told with what its short form leaves out.
    static func explaining<R>(_ body: () throws -> R) throws -> R {
        do {
            return try body()
        } catch {
            throw Self.explained(error)
        }
    }

    static func explaining<R: Sendable>(_ body: @Sendable () async throws -> R) async throws -> R {
        do {
            return try await body()
        } catch {
            throw Self.explained(error)
        }
    }

    private static func explained(_ error: any Error) -> any Error {
        switch error {
        case BusError.file(let path, let operation, let code):
            CommandFailure("\(path): \(operation): \(String(cString: strerror(code)))")
        case let error as BusError: CommandFailure(Self.oneLine(error.debugDescription))
        case let error as StoreError:
            CommandFailure(Self.oneLine("\(error): \(error.message)", unless: error.description))
        default: error
        }
    }

    private static func oneLine(_ text: String, unless short: String? = nil) -> String {
        let text = short.map { text == "\($0): \($0)" ? $0 : text } ?? text
        return text.split(whereSeparator: \.isNewline).joined(separator: "; ")
    }
}
