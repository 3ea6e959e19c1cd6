// `timespec` counts as the first C module's that was loaded with it; which one that is differs from build to build.
internal import CDispatch
internal import Foundation
public import Schema

/// The machine's clock: the one place in the services where the time of day is asked for.
public enum WallClock {
    public static var now: UnixNanos {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return UnixNanos(Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }

    /// Nanoseconds of a clock that never goes back; only differences mean something.
    public static var monotonic: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    /// Stops the thread.
    public static func sleep(milliseconds: Int) { usleep(UInt32(milliseconds) * 1000) }

    /// Random numbers that nobody can predict, as the masks of websockets must be.
    public static var unpredictable: SystemRandomNumberGenerator { SystemRandomNumberGenerator() }

    /// A number drawn anew in each process.
    public static func drawRun() -> UInt64 { UInt64.random(in: 1 ... .max) }
}
