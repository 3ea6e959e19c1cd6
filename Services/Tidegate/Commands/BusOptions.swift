internal import ArgumentParser
internal import Bus
internal import Pipeline

/// `--endpoint` and `--secure`, for commands that go on the bus.
struct BusOptions: ParsableArguments {
    @Option(help: "Where it publishes, as tcp://host:port or ipc://path; by default its socket in the folder.")
    var endpoint: String?

    @Flag(help: "Use the keys in <folder>/keys (see `tidegate keys`).")
    var secure = false

    func validate() throws {
        guard let endpoint else { return }
        do {
            _ = try Endpoint(parsing: endpoint)
        } catch {
            throw ValidationError("\(error.debugDescription)")
        }
    }

    /// Where `service` publishes.
    func endpoint(of service: String, in workspace: Workspace) throws -> Endpoint {
        try Endpoint(parsing: endpoint ?? "ipc://\(workspace.busFolder)/\(service)")
    }

    /// What the operator needs to be let in by `service`; `nil` without `--secure`.
    func client(of service: String, in workspace: Workspace) throws -> ClientSecurity? {
        guard secure else { return nil }
        let ring = KeyFolder(workspace.keyFolder).ring
        return ClientSecurity(keys: try ring.keys(of: KeyFolder.operatorRole), server: try ring.publicKey(of: service))
    }

    /// What a publisher in the place of `service` needs to let in those that may; `nil` without `--secure`.
    func server(_ service: String, in workspace: Workspace, _ context: ZMQContext) throws -> ServerSecurity? {
        guard secure else { return nil }
        let ring = KeyFolder(workspace.keyFolder).ring
        return ServerSecurity(
            keys: try ring.keys(of: service),
            authenticator: try Authenticator(context: context, allowed: ring.allowed(by: service)))
    }
}
