import Foundation
import TestKit
import Testing

/// A tree of reference values that remembers which of them have not been asked for.
struct GoldenTree {
    private enum Node: Decodable {
        case number(Double)
        case text(String)
        case numbers([Double])
        case table([String: Node])

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let number = try? container.decode(Double.self) {
                self = .number(number)
            } else if let text = try? container.decode(String.self) {
                self = .text(text)
            } else if let numbers = try? container.decode([Double].self) {
                self = .numbers(numbers)
            } else {
                self = .table(try container.decode([String: Node].self))
            }
        }
    }

    private var leaves: [String: Node] = [:]
    /// The paths of all values that have not been asked for, their parts joined by slashes.
    private(set) var unread: Set<String> = []

    init(_ name: String) throws {
        let file = try #require(SharedData.folder).appendingPathComponent("golden").appendingPathComponent(name)
        add(try JSONDecoder().decode(Node.self, from: Data(contentsOf: file)), at: [])
        unread = Set(leaves.keys)
    }

    private mutating func add(_ node: Node, at path: [String]) {
        if case .table(let table) = node {
            for (key, node) in table { add(node, at: path + [key]) }
        } else {
            leaves[path.joined(separator: "/")] = node
        }
    }

    /// The names below a path.
    func keys(_ path: String) -> [String] {
        let below = leaves.keys.filter { $0.hasPrefix(path + "/") }.map { $0.dropFirst(path.count + 1) }
        return Set(below.map { String($0.prefix { $0 != "/" }) }).sorted()
    }

    mutating func number(_ path: String...) throws -> Double {
        guard case .number(let number) = try take(path) else { throw CocoaError(.coderInvalidValue) }
        return number
    }

    mutating func text(_ path: String...) throws -> String {
        guard case .text(let text) = try take(path) else { throw CocoaError(.coderInvalidValue) }
        return text
    }

    mutating func numbers(_ path: String...) throws -> [Double] {
        guard case .numbers(let numbers) = try take(path) else { throw CocoaError(.coderInvalidValue) }
        return numbers
    }

    private mutating func take(_ path: [String]) throws -> Node {
        let path = path.joined(separator: "/")
        unread.remove(path)
        return try #require(leaves[path], "there is no \(path)")
    }
}
