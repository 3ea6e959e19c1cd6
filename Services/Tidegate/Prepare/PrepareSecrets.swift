internal import ArgumentParser
internal import Foundation

/// Makes every secret of a deployment, and lays out for each service those that it may see.
struct PrepareSecrets: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "secrets",
        abstract: "Makes keys, passwords and the database's certificate, and lays out each service's own.",
        discussion: """
            All of them lie in the folder; --bundles gets a folder for each service with its own key, the others' public \
            keys, its database password and the certificate to expect. What is missing is made, what is there stays, and \
            the bundles are written anew: after `tidegate keys rotate` do this again, and restart the services concerned.
            """)

    @OptionGroup var options: WorkspaceOptions
    @Option(help: "Where each service's folder is laid out.") var bundles: String
    @Option(help: "The database's names and addresses, comma separated, for its certificate.")
    var databaseHosts = "postgres,localhost"
    @Option(help: "uid:gid that the services run as, to own what is theirs; only root can give files away.")
    var owner: String?
    @Option(help: "uid:gid that the database server runs as.") var databaseOwner: String?
    @Flag(help: "Print one JSON object.") var json = false

    func validate() throws {
        for text in [owner, databaseOwner] { _ = try text.map { try FileOwner($0) } }
    }

    private struct Outcome: Encodable {
        let folder: String
        let bundles: [String]
    }

    func run() async throws {
        // Whatever this process writes is its own alone until it is given to somebody.
        umask(0o077)
        let vault = SecretVault(options.workspace.folder)
        try CommandFailure.explaining {
            try vault.complete(databaseHosts: databaseHosts.split(separator: ",").map(String.init))
            let layout = BundleLayout(
                vault: vault, folder: bundles, owner: try owner.map { try FileOwner($0) },
                databaseOwner: try databaseOwner.map { try FileOwner($0) })
            let names = try layout.write()
            if json {
                try JSONOutput.print(Outcome(folder: vault.folder, bundles: names))
            } else {
                Terminal.print("\(names.count) bundles in \(bundles): \(names.joined(separator: ", "))")
            }
        }
    }
}
