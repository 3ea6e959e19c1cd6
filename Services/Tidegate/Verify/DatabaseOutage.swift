internal import Store

/// The database goes away for a while and comes back.
struct DatabaseOutage: Sendable {
    let cluster: PrivateCluster
    let seconds: Double

    func run() async throws {
        try cluster.stop()
        try await Task.sleep(for: .seconds(seconds))
        _ = try PrivateCluster.start(folder: cluster.folder)
    }
}
