import Foundation
import Tensor

/// A rendezvous of processes on one host: a file for each note.
struct FolderRendezvous: Rendezvous {
    struct NotThere: Error {
        let key: String
    }

    let folder: URL

    func set(_ key: String, _ value: [UInt8]) throws { try Data(value).write(to: file(key), options: .atomic) }

    func get(_ key: String, within timeout: Duration) throws -> [UInt8] {
        let deadline = ContinuousClock.now + timeout
        while true {
            if let value = try? Data(contentsOf: file(key)) { return Array(value) }
            guard ContinuousClock.now < deadline else { throw NotThere(key: key) }
            usleep(1000)
        }
    }

    func add(_ key: String, _ amount: Int64) throws -> Int64 {
        let lock = open(file("lock").path, O_CREAT | O_RDWR, 0o600)
        guard lock >= 0, flock(lock, LOCK_EX) == 0 else { throw CocoaError(.fileLocking) }
        defer { close(lock) }
        let before = (try? String(contentsOf: file(key), encoding: .utf8)).flatMap { Int64($0) } ?? 0
        try set(key, Array("\(before + amount)".utf8))
        return before + amount
    }

    private func file(_ key: String) -> URL {
        folder.appending(path: "note-" + key.map { $0.isLetter || $0.isNumber ? String($0) : "_" }.joined())
    }
}
