internal import ArgumentParser
internal import Bus
internal import Pipeline

/// `--secure`, for commands that go on the bus or start services that do.
struct KeyOptions: ParsableArguments {
    @Flag(help: "Use the keys in <folder>/keys (see `tidegate keys`).")
    var secure = false

    /// The folder of the services' keys, all of which can be used; `nil` without `--secure`.
    func folder(in workspace: Workspace) throws -> String? {
        guard secure else { return nil }
        try CommandFailure.explaining { try KeyFolder(workspace.keyFolder).requireServices() }
        return workspace.keyFolder
    }
}

/// `--endpoint` and `--secure`, for commands that go on the bus.
struct BusOptions: ParsableArguments {
    @Option(help: "Where it publishes, as tcp://host:port or ipc://path; by default its socket in the folder.")
    var endpoint: String?

    @OptionGroup var keys: KeyOptions

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
        guard keys.secure else { return nil }
        let ring = KeyFolder(workspace.keyFolder).ring
        return ClientSecurity(keys: try ring.keys(of: KeyFolder.operatorRole), servers: try ring.accepted(of: service))
    }

    /// What a publisher in the place of `service` needs to let in those that may; `nil` without `--secure`.
    func server(_ service: String, in workspace: Workspace, _ context: ZMQContext) throws -> ServerSecurity? {
        guard keys.secure else { return nil }
        return try RoleSecurity(context: context, ring: KeyFolder(workspace.keyFolder).ring, role: service).server
    }
}
