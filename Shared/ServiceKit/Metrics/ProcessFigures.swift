internal import Dispatch
internal import Foundation

/// What the kernel says of this process.
public enum ProcessFigures {
    /// Resident memory in bytes.
    public static var residentBytes: Int64 { memoryBytes(field: 1) }

    /// Virtual memory in bytes.
    public static var virtualBytes: Int64 { memoryBytes(field: 0) }

    /// Processor time used, in seconds.
    public static var processorSeconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// Open file descriptors.
    public static var openFiles: Int {
        (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count) ?? 0
    }

    /// File descriptors that may be open; infinity where there is no limit.
    public static var maximumFiles: Double {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 0 }
        return limit.rlim_cur == .max ? .infinity : Double(limit.rlim_cur)
    }

    /// When the process started, in seconds since 1970.
    public static let startSeconds: Double = {
        // The name, which may hold anything, is in parentheses; the start is the twentieth field after it.
        guard let status = try? String(contentsOfFile: "/proc/self/stat", encoding: .utf8),
            let name = status.lastIndex(of: ")"),
            case let fields = status[name...].split(separator: " "), fields.count > 20,
            let ticks = Double(fields[20]),
            let kernel = try? String(contentsOfFile: "/proc/stat", encoding: .utf8),
            let boot = kernel.split(separator: "\n").first(where: { $0.hasPrefix("btime ") }),
            let bootSeconds = Double(boot.dropFirst(6))
        else { return 0 }
        return bootSeconds + ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
    }()

    /// Free space and size, in bytes, of the file system that a path is on.
    public static func disk(at path: String) -> (available: Int64, size: Int64)? {
        var figures = statvfs()
        guard statvfs(path, &figures) == 0 else { return nil }
        let block = Int64(figures.f_frsize)
        return (Int64(figures.f_bavail) * block, Int64(figures.f_blocks) * block)
    }

    private static func memoryBytes(field: Int) -> Int64 {
        guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8),
            case let fields = text.split(separator: " "), fields.count > field, let pages = Int64(fields[field])
        else { return 0 }
        return pages * Int64(sysconf(Int32(_SC_PAGESIZE)))
    }
}
