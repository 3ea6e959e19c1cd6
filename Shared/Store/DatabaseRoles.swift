/// The database's users: one for each service, for the operator and for retention, each with no more rights than its work
/// needs.
///
/// What those are stands in `ops/roles/roles.sql`.
public struct DatabaseRoles {
    private let connection: PostgresConnection

    /// The connection must be that of the tables' owner, who may make users.
    public init(_ connection: PostgresConnection) { self.connection = connection }

    /// The user of a service, or of `operator`: `tidegate_risk_gate` for `risk-gate`.
    public static func name(of service: String) -> String { "tidegate_" + service.replacing("-", with: "_") }

    /// Whether the users have rights in this database: elsewhere services come as its owner.
    public func areInUse() throws(StoreError) -> Bool {
        let name = Self.name(of: "trainer")
        return try connection.run(
            "SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = \(name) AND has_table_privilege(oid, 'jobs', 'SELECT'))"
        )[0].value(0)
    }

    /// Makes the users that are missing, and gives each of them its rights, and no others.
    ///
    /// All of it takes effect, or nothing; doing it again changes nothing. The schema must be up to date.
    public func apply() throws(StoreError) {
        try connection.transaction { () throws(StoreError) in try connection.runScript(Self.sql) }
    }

    /// Lets the user of a service log in with a password.
    ///
    /// The password does not leave this process: the server gets its SCRAM verifier, and so does its log.
    public func setPassword(_ password: String, of service: String) throws(StoreError) {
        let role = Self.name(of: service)
        let verifier = try connection.passwordVerifier(password, user: role)
        try connection.runScript("ALTER ROLE \(SQLText.name(role)) PASSWORD \(SQLText.literal(verifier))")
    }
}
