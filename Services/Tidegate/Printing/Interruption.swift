internal import Bus
internal import Foundation
internal import ServiceKit

/// Turns the first SIGINT or SIGTERM into an orderly end; the second ends the process at once, with what it started.
final class Interruption: Sendable {
    let stop = StopFlag()
    let waker: Waker

    /// Takes the signals over for the rest of the process.
    ///
    /// `abandon`: What the second signal does before the process ends; it must not wait.
    init(abandon: @escaping @Sendable () -> Void = {}) throws {
        let (stop, waker) = (stop, try Waker())
        self.waker = waker
        let queue = DispatchQueue(label: "tidegate.signals")
        for number in [SIGINT, SIGTERM] {
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler {
                // The handler holds its source, which so lives as long as the process.
                guard !source.isCancelled else { return }
                if stop.isRaised {
                    abandon()
                    // Without the clean-up of `exit`, which the other threads would run into.
                    _exit(128 + number)
                }
                stop.raise()
                waker.wake()
            }
            source.activate()
        }
    }
}
