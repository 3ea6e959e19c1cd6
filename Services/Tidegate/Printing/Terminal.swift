internal import Foundation

/// Standard output and standard error.
enum Terminal {
    /// Whether a person sees standard error as it is written.
    static var isErrorInteractive: Bool { isatty(STDERR_FILENO) == 1 }
    static var isOutputInteractive: Bool { isatty(STDOUT_FILENO) == 1 }

    /// Results, at once even when nobody watches: what reads a pipe should not wait for a buffer to fill.
    static func print(_ text: String) { write(text + "\n", to: .standardOutput) }

    /// News for a person; results never go here.
    static func note(_ text: String) { write(text + "\n", to: .standardError) }

    static func write(_ text: String, to file: FileHandle) {
        // Who reads may have gone; then there is nobody to tell.
        try? file.write(contentsOf: Data(text.utf8))
    }

    /// Empties the screen, for output that is drawn again in place.
    static func clear() { write("\u{1B}[H\u{1B}[2J", to: .standardOutput) }
}
