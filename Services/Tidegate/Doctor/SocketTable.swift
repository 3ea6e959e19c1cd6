internal import Foundation

/// Who listens on this machine, as the kernel lists it; nothing is connected to, so nobody notices.
struct SocketTable: Sendable {
    /// TCP ports, with the inodes of the sockets that listen there.
    private var inodes: [Int: [String]] = [:]
    /// Paths of local sockets.
    private(set) var paths: Set<String> = []

    var ports: Set<Int> { Set(inodes.keys) }

    static func read() -> SocketTable {
        // Of a file that the kernel makes as it is read, `Data(contentsOf:)` takes the first page only; and the names of
        // abstract sockets may be any bytes.
        func text(_ name: String) -> String {
            let bytes = try? FileHandle(forReadingAtPath: "/proc/net/\(name)")?.readToEnd()
            return String(decoding: (bytes ?? nil) ?? Data(), as: UTF8.self)
        }
        return SocketTable(tcp: text("tcp") + "\n" + text("tcp6"), unix: text("unix"))
    }

    /// * `tcp`: Lines of proc(5)'s `/proc/net/tcp`.
    /// * `unix`: Those of `/proc/net/unix`.
    init(tcp: String, unix: String) {
        for line in tcp.split(separator: "\n") {
            let fields = line.split(separator: " ")
            // 0A: it listens.
            guard fields.count > 9, fields[3] == "0A", let colon = fields[1].lastIndex(of: ":"),
                let port = Int(fields[1][fields[1].index(after: colon)...], radix: 16)
            else { continue }
            inodes[port, default: []].append(String(fields[9]))
        }
        for line in unix.split(separator: "\n") {
            let fields = line.split(separator: " ", maxSplits: 7)
            // The flag 0x10000: it accepts connections.
            guard fields.count == 8, UInt32(fields[3], radix: 16).map({ $0 & 0x10000 != 0 }) == true else { continue }
            paths.insert(String(fields[7]))
        }
    }

    /// Who listens at a port; `nil` where that is another user's.
    func holder(ofPort port: Int) -> MachineFacts.Holder? {
        let links = Set((inodes[port] ?? []).map { "socket:[\($0)]" })
        let files = FileManager.default
        for name in (try? files.contentsOfDirectory(atPath: "/proc")) ?? [] {
            guard let pid = Int32(name), let open = try? files.contentsOfDirectory(atPath: "/proc/\(pid)/fd") else {
                continue
            }
            for descriptor in open {
                let link = try? files.destinationOfSymbolicLink(atPath: "/proc/\(pid)/fd/\(descriptor)")
                if let link, links.contains(link) { return MachineFacts.Holder(running: pid) }
            }
        }
        return nil
    }
}
