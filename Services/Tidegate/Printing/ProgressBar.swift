internal import Foundation
internal import ServiceKit
internal import Synchronization

/// Where a piece of work stands, and the line that says so.
struct ProgressState: Equatable {
    let label: String
    /// How much there is to do; `nil` while it is not known.
    var total: Int?
    /// What was done when the clock started; work that is resumed begins above zero.
    var begin = 0
    var done = 0
    /// Since the clock started.
    var seconds = 0.0
    var note = ""

    /// Done in one second, on average.
    var rate: Double { seconds > 0 ? Double(done - begin) / seconds : 0 }

    /// Seconds still to go; `nil` where nothing tells.
    var remaining: Double? {
        guard let total, rate > 0, done < total else { return nil }
        return Double(total - done) / rate
    }

    /// The line, for example `train  [#####-----]  50 %  10/20  2.00/s  ETA 5.0 s`.
    ///
    /// The bar has `bar` characters; 0 leaves it out, as in a log.
    func line(bar: Int) -> String {
        var parts = [label]
        if let total {
            let share = total > 0 ? min(1, max(0, Double(done) / Double(total))) : 1
            if bar > 0 {
                let filled = Int(share * Double(bar))
                let (full, empty) = (String(repeating: "#", count: filled), String(repeating: "-", count: bar - filled))
                parts.append("[\(full)\(empty)]")
            }
            parts.append("\(Int(share * 100)) %")
            parts.append("\(done)/\(total)")
        } else {
            parts.append("\(done)")
        }
        if rate > 0 { parts.append(Figures.rate(rate)) }
        if let remaining { parts.append("ETA \(Figures.duration(remaining))") }
        if !note.isEmpty { parts.append(note) }
        return parts.joined(separator: "  ")
    }
}

/// Progress on standard error: one line drawn again and again on a terminal, a line every ten seconds elsewhere.
///
/// It may be told from any thread.
final class ProgressBar: Sendable {
    private struct State {
        var progress: ProgressState
        var start: Int64
        var lastDrawn: Int64?
        var isFinished = false
    }

    private let state: Mutex<State>
    private let isInteractive: Bool

    /// Starts the clock.
    ///
    /// - Parameters:
    ///   - total: How much there is to do; `nil` while it is not known.
    ///   - label: What is being done.
    ///   - begin: What is done already.
    init(total: Int?, label: String, begin: Int = 0) {
        isInteractive = Terminal.isErrorInteractive
        let progress = ProgressState(label: label, total: total, begin: begin, done: begin)
        state = Mutex(State(progress: progress, start: WallClock.monotonic))
    }

    /// Says how much is done, and, where they have changed, the total and a remark.
    func update(done: Int, total: Int? = nil, note: String? = nil) {
        state.withLock { state in
            state.progress.done = done
            if let total { state.progress.total = total }
            if let note { state.progress.note = note }
            let now = WallClock.monotonic
            let interval: Int64 = isInteractive ? 100_000_000 : 10_000_000_000
            guard !state.isFinished, now - (state.lastDrawn ?? (isInteractive ? 0 : state.start)) >= interval else {
                return
            }
            draw(&state, now)
        }
    }

    /// Draws the last line; nothing is drawn afterwards.
    func finish() {
        state.withLock { state in
            guard !state.isFinished else { return }
            state.isFinished = true
            guard isInteractive, state.lastDrawn != nil else { return }
            draw(&state, WallClock.monotonic)
            Terminal.write("\n", to: .standardError)
        }
    }

    private func draw(_ state: inout State, _ now: Int64) {
        state.lastDrawn = now
        state.progress.seconds = Double(now - state.start) / 1e9
        if isInteractive {
            Terminal.write("\r\u{1B}[K" + state.progress.line(bar: 24), to: .standardError)
        } else {
            Terminal.note(state.progress.line(bar: 0))
        }
    }
}
