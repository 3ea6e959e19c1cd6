/// What tells a file from another.
enum FileDigest {
    /// A file's SHA-256, as hexadecimal digits.
    static func sha256(of path: String) throws -> String {
        let result = try Command("/usr/bin/sha256sum", ["--", path]).run()
        guard result.status == 0, let digits = result.output.split(separator: " ").first, digits.count == 64 else {
            throw CommandFailure("\(path) cannot be read: \(result.errors.split(separator: "\n").first ?? "")")
        }
        return String(digits)
    }
}
