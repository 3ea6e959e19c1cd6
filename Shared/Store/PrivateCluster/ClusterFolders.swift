internal import Foundation

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

extension PrivateCluster {
    /// Where the cluster of `folder` is, or is to be.
    ///
    /// An account other than ours may be barred from the folder, as it is from another's home. Then the cluster lies
    /// where both can get, and `data` is a link to it.
    static func placeData(under folder: String, account: ServerAccount) throws(StoreError) -> String {
        let files = FileManager.default
        let data = "\(folder)/data"
        if let target = try? files.destinationOfSymbolicLink(atPath: data) { return target }
        if files.fileExists(atPath: data) { return data }
        if account.prefix.isEmpty { return data }
        if try account.canEnter(folder) { return data }
        for parent in ["/var/lib", "/tmp"] where access(parent, W_OK) == 0 {
            let home = "\(parent)/tidegate-\(shortName(of: folder))"
            try makeFolder(home, mode: 0o700, owner: account)
            do {
                try files.createSymbolicLink(atPath: data, withDestinationPath: "\(home)/data")
            } catch {
                throw .cluster(reason: "\(data): \(error)")
            }
            return "\(home)/data"
        }
        throw .cluster(reason: "the server's account can enter neither \(folder) nor /var/lib nor /tmp")
    }

    /// Sixteen hexadecimal digits of a path: FNV-1a (Fowler, Noll and Vo), 64 bits.
    static func shortName(of path: String) -> String {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in path.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

/// Deletes a file or folder, also while a server on its way out still takes files away from under us.
func deleteAll(_ path: String) {
    var status = stat()
    for _ in 0..<50 where lstat(path, &status) == 0 {
        try? FileManager.default.removeItem(atPath: path)
        if lstat(path, &status) == 0 { usleep(20_000) }
    }
}

/// Makes a folder, or checks that the one that is there is really ours: nobody else's, no link, open to no one.
///
/// Without an owner, an existing folder is taken as it is.
func makeFolder(_ path: String, mode: mode_t, owner: ServerAccount? = nil) throws(StoreError) {
    func failure(_ reason: String) -> StoreError { .cluster(reason: "\(path): \(reason)") }
    guard let owner else {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw failure("\(error)")
        }
        return
    }
    if mkdir(path, mode) == 0 {
        // The mask of the process may have taken bits away, and we may be root.
        guard chmod(path, mode) == 0, chown(path, owner.user, owner.group) == 0 else {
            throw failure(String(cString: strerror(errno)))
        }
        return
    }
    guard errno == EEXIST else { throw failure(String(cString: strerror(errno))) }
    var status = stat()
    guard lstat(path, &status) == 0 else { throw failure(String(cString: strerror(errno))) }
    guard status.st_mode & S_IFMT == S_IFDIR, status.st_uid == owner.user, status.st_mode & 0o077 == 0 else {
        throw failure("belongs to someone else")
    }
}
