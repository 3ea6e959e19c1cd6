internal import Bus
internal import Foundation
internal import ServiceKit

/// Turns the first SIGINT or SIGTERM into an orderly end; the second ends the process at once.
final class Interruption: Sendable {
    let stop = StopFlag()
    let waker: Waker

    /// Takes the signals over for the rest of the process.
    init() throws {
        let (stop, waker) = (stop, try Waker())
        self.waker = waker
        let queue = DispatchQueue(label: "tidegate.signals")
        for number in [SIGINT, SIGTERM] {
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler {
                // The handler holds its source, which so lives as long as the process.
                guard !source.isCancelled else { return }
                signal(number, SIG_DFL)
                stop.raise()
                waker.wake()
            }
            source.activate()
        }
    }
}
