internal import Glibc

/// An open file: one owner, closed when the owner goes away.
struct File: ~Copyable {
    let path: String
    private let descriptor: Int32

    enum Mode {
        case read
        /// Makes a file that does not exist yet, for its owner to read and write; others may read it unless `isSecret`.
        case create(isSecret: Bool)
        case readAndWrite

        fileprivate var flags: Int32 {
            switch self {
            case .read: O_RDONLY | O_CLOEXEC
            case .create: O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC
            case .readAndWrite: O_RDWR | O_CLOEXEC
            }
        }

        fileprivate var permissions: mode_t {
            if case .create(isSecret: true) = self { 0o600 } else { 0o644 }
        }
    }

    init(_ path: String, _ mode: Mode) throws(BusError) {
        descriptor = Glibc.open(path, mode.flags, mode.permissions)
        guard descriptor >= 0 else { throw .file(path: path, operation: "open", code: errno) }
        self.path = path
    }

    deinit {
        // Closing alone would keep a lock for as long as a process that was forked meanwhile has not begun its own program.
        flock(descriptor, LOCK_UN)
        Glibc.close(descriptor)
    }

    /// The length in bytes.
    var count: Int { get throws(BusError) { Int(try status().st_size) } }

    /// The permission bits.
    var permissions: UInt32 { get throws(BusError) { try status().st_mode & 0o777 } }

    private func status() throws(BusError) -> stat {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .file(path: path, operation: "fstat", code: errno) }
        return status
    }

    /// Reads up to `count` bytes at `offset`; fewer only at the end of the file.
    func read(at offset: Int, count: Int) throws(BusError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var done = 0
        while done < count {
            let result = bytes.withUnsafeMutableBytes {
                pread(descriptor, $0.baseAddress.map { $0 + done }, count - done, off_t(offset + done))
            }
            if result == 0 { break }
            if result < 0 {
                if errno == EINTR { continue }
                throw .file(path: path, operation: "read", code: errno)
            }
            done += result
        }
        bytes.removeLast(count - done)
        return bytes
    }

    /// Writes all bytes at `offset`.
    func write(_ bytes: [UInt8], at offset: Int) throws(BusError) {
        var done = 0
        while done < bytes.count {
            let result = bytes.withUnsafeBytes {
                pwrite(descriptor, $0.baseAddress.map { $0 + done }, bytes.count - done, off_t(offset + done))
            }
            if result < 0 {
                if errno == EINTR { continue }
                throw .file(path: path, operation: "write", code: errno)
            }
            done += result
        }
    }

    func truncate(to count: Int) throws(BusError) {
        guard ftruncate(descriptor, off_t(count)) == 0 else {
            throw .file(path: path, operation: "truncate", code: errno)
        }
    }

    /// Waits until what was written is on the disk.
    func synchronize() throws(BusError) {
        guard fdatasync(descriptor) == 0 else { throw .file(path: path, operation: "fdatasync", code: errno) }
    }

    /// Keeps other writers out for as long as the file is open.
    func lock() throws(BusError) {
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            throw .file(path: path, operation: "lock", code: errno)
        }
    }

    /// The names of the files in a folder, sorted.
    static func names(inFolder path: String) throws(BusError) -> [String] {
        guard let folder = opendir(path) else { throw .file(path: path, operation: "open folder", code: errno) }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Makes a folder for its owner alone; one that exists is fine.
    static func makeFolder(_ path: String) throws(BusError) {
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
            throw .file(path: path, operation: "make folder", code: errno)
        }
    }
}
