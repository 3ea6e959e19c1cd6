internal import Pipeline

/// What every service tells of itself as a process, and of its database.
extension ServiceMetric {
    static let process = [
        processorSeconds, residentMemory, virtualMemory, openFiles, maximumFiles, startTime, buildInfo, ready,
        diskAvailable, diskSize, databaseSeconds, databaseFailures, databaseUp,
    ]

    public static let processorSeconds = Self(
        "process_cpu_seconds_total", .counter, "Processor time that the process has used", by: .every)
    public static let residentMemory = Self(
        "process_resident_memory_bytes", .gauge, "Resident memory of the process", by: .every)
    public static let virtualMemory = Self(
        "process_virtual_memory_bytes", .gauge, "Virtual memory of the process", by: .every)
    public static let openFiles = Self("process_open_fds", .gauge, "Open file descriptors", by: .every)
    public static let maximumFiles = Self(
        "process_max_fds", .gauge, "File descriptors that the process may have open", by: .every)
    public static let startTime = Self(
        "process_start_time_seconds", .gauge, "When the process started, in seconds since 1970", by: .every)
    public static let buildInfo = Self(
        "tidegate_build_info", .gauge, "Always 1; the labels say what runs",
        labels: [
            Label("service", oneOf: Topology.services), Label("version", .few(because: "one of each process")),
            Label("revision", .few(because: "one of each process")),
        ], by: .every)
    public static let ready = Self(
        "tidegate_ready", .gauge, "1 when the service does its work, as /readyz says", by: .every)

    public static let diskAvailable = Self(
        "tidegate_disk_available_bytes", .gauge, "Free space of the file system that bus.folder is on", by: .every)
    public static let diskSize = Self(
        "tidegate_disk_size_bytes", .gauge, "Size of the file system that bus.folder is on", by: .every)

    public static let databaseSeconds = Self(
        "tidegate_database_seconds", .histogram, "Time of an operation on the database, from asking to the answer",
        labels: [Label("operation", .few(because: "the operations are named in the code"))], by: .every)
    public static let databaseFailures = Self(
        "tidegate_database_failures_total", .counter,
        "Attempts at an operation on the database that failed and are made again",
        by: .every)
    public static let databaseUp = Self(
        "tidegate_database_up", .gauge, "1 when the last attempt at an operation on the database succeeded", by: .every)
}
