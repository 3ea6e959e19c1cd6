internal import Foundation

/// Numbers as people read them.
enum Figures {
    /// Seconds as `0.4 s`, `12 s`, `3m 05s`, `2h 10m` or `4d 3h`.
    static func duration(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds < 1e9 else { return "?" }
        if seconds < 10 { return String(format: "%.1f s", max(0, seconds)) }
        let whole = Int(seconds.rounded())
        if whole < 60 { return "\(whole) s" }
        if whole < 3600 { return String(format: "%dm %02ds", whole / 60, whole % 60) }
        if whole < 86_400 { return String(format: "%dh %02dm", whole / 3600, whole / 60 % 60) }
        return "\(whole / 86_400)d \(whole / 3600 % 24)h"
    }

    /// Bytes as `512 B`, `1.5 kB` or `12.0 MB`, by thousands.
    static func bytes(_ count: Int64) -> String {
        guard count >= 1000 else { return "\(count) B" }
        var value = Double(count)
        for unit in ["kB", "MB", "GB", "TB"] {
            value /= 1000
            if value < 999.95 || unit == "TB" { return String(format: "%.1f %@", value, unit) }
        }
        return "\(count) B"
    }

    /// A number with up to six digits behind the point, as `0.5` or `120`.
    static func number(_ value: Double) -> String {
        guard value.isFinite else { return "\(value)" }
        let text = String(format: "%.6f", value)
        let digits = text.reversed().drop { $0 == "0" }.drop { $0 == "." }
        return String(digits.reversed())
    }

    /// A rate as `1234/s` or `0.25/s`.
    static func rate(_ perSecond: Double) -> String {
        guard perSecond.isFinite else { return "?/s" }
        return String(format: perSecond >= 10 ? "%.0f/s" : "%.2f/s", perSecond)
    }
}
