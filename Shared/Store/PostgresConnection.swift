/// What a server sent to those who listen to a channel.
public struct PostgresNotification: Sendable, Equatable {
    public let channel: String
    public let payload: String

    public init(channel: String, payload: String) { (self.channel, self.payload) = (channel, payload) }
}

/// A connection to PostgreSQL, whose calls wait for the answer.
///
/// It belongs to one thread. Statements run in the session's time zone UTC. A statement that is run again is prepared, so
/// that it is parsed once.
public final class PostgresConnection {
    private let handle: PostgresHandle
    private let fields = BinaryWriter()
    /// How often a text has been run, and the name under which it is prepared.
    private var statements: [String: (runs: Int, name: String?)] = [:]
    private var preparedCount = 0
    /// The texts of INSERT statements, by kind and number of rows; long to put together.
    private var insertions: [String: [Int: String]] = [:]
    /// Staging tables that this session has, and those with rows of the transaction at hand.
    private var stagingTables: Set<String> = []
    private var usedStagingTables: Set<String> = []

    /// Opens a connection.
    ///
    /// The string is `host=… dbname=…` or `postgresql://…`; what it leaves out comes from libpq's defaults.
    ///
    /// - Throws: ``StoreError/connectionLost(message:)``.
    public init(_ connectionString: String, applicationName: String = "tidegate") throws(StoreError) {
        handle = try PostgresHandle(connectionString, applicationName: applicationName)
        try handle.execute(
            script: """
                SET TimeZone = 'UTC'; SET extra_float_digits = 1; SET bytea_output = 'hex';
                SET client_min_messages = 'warning'; SET standard_conforming_strings = on
                """)
    }

    /// The connection string of another database on the same server, for the same user.
    public static func connectionString(_ string: String, database: String) throws(StoreError) -> String {
        try PostgresHandle.connectionString(string, database: database)
    }

    /// A connection string without its password, and the password: programs show what they are called with.
    public static func withoutPassword(_ string: String) throws(StoreError) -> (string: String, password: String?) {
        try PostgresHandle.withoutPassword(string)
    }

    /// `false` once the connection has broken; then only a new one helps.
    public var isUsable: Bool { handle.isUsable }

    // MARK: Statements

    /// Runs one statement.
    @discardableResult
    public func run(_ query: Query) throws(StoreError) -> Rows {
        fields.removeAll()
        fields.raw(Int16(truncatingIfNeeded: query.parameters.count))
        for parameter in query.parameters { fields.append(parameter.field) }
        return try run(
            query.text, types: query.parameters.map(\.type.rawValue), fields: fields, rows: 1,
            columns: query.parameters.count)
    }

    /// Runs one statement whose parameters stand in `fields` as rows; from the second time on it is prepared.
    func run(
        _ text: String, types: [UInt32]?, fields: BinaryWriter, rows: Int, columns: Int
    ) throws(StoreError) -> Rows {
        var statement = statements[text] ?? (runs: 0, name: nil)
        statement.runs += 1
        // A program has a bounded number of statements; should one have not, the rest goes unprepared.
        if statement.runs == 2, preparedCount < 512 {
            preparedCount += 1
            let name = "s\(preparedCount)"
            try handle.prepare(name: name, text: text, types: types ?? [])
            statement.name = name
        }
        if statements.count < 4096 || statement.runs > 1 { statements[text] = statement }
        return try handle.execute(
            statement.name ?? text, isPrepared: statement.name != nil, types: types, fields: fields, rows: rows,
            columns: columns)
    }

    /// Runs trusted SQL text of any number of statements, such as a migration.
    public func runScript(_ text: String) throws(StoreError) { try handle.execute(script: text) }

    /// Runs `body` in a transaction: all of it takes effect, or nothing.
    ///
    /// Inside another transaction it is a part of that one.
    public func transaction<R>(_ body: () throws(StoreError) -> R) throws(StoreError) -> R {
        guard !handle.isInTransaction else { return try body() }
        let staging = stagingTables
        try handle.execute(script: "BEGIN")
        do throws(StoreError) {
            let result = try body()
            guard !handle.isTransactionBroken else {
                throw .refused(sqlState: "25P02", message: "a statement was refused, and its error not passed on")
            }
            try handle.execute(script: "COMMIT")
            usedStagingTables = []
            return result
        } catch {
            (stagingTables, usedStagingTables) = (staging, [])
            // Where the connection is gone the server rolls back by itself.
            _ = try? handle.execute(script: "ROLLBACK")
            throw error
        }
    }

    /// What the server keeps in place of a password.
    func passwordVerifier(_ password: String, user: String) throws(StoreError) -> String {
        try handle.passwordVerifier(password, user: user)
    }

    // MARK: COPY

    /// Writes rows by binary COPY, without conflict handling: one row that is there already undoes them all.
    ///
    /// `encode` writes one row's fields, in the columns' order; it must leave the connection alone.
    ///
    /// - Returns: The number of rows.
    @discardableResult
    public func copyIn<Element>(
        _ table: String, columns: [String], rows: some Sequence<Element>, encode: (Element, CopyRow) -> Void
    ) throws(StoreError) -> Int {
        try copyIn(table, columns: columns) { (send: () throws(StoreError) -> Void) throws(StoreError) in
            let row = CopyRow(writer: fields)
            for element in rows {
                fields.raw(Int16(columns.count))
                encode(element, row)
                if fields.count >= 1 << 16 { try send() }
            }
        }
    }

    /// Writes what ``BinaryWriter`` holds, rows of as many fields as there are columns.
    func copyIn(_ table: String, columns: [String], from writer: BinaryWriter) throws(StoreError) -> Int {
        try copyIn(table, columns: columns) { (send: () throws(StoreError) -> Void) throws(StoreError) in
            try send()
            try handle.sendCopy(writer, keeping: true)
        }
    }

    private func copyIn(
        _ table: String, columns: [String],
        _ body: (_ send: () throws(StoreError) -> Void) throws(StoreError) -> Void
    ) throws(StoreError) -> Int {
        try handle.beginCopyIn(
            "COPY \(SQLText.name(table)) (\(SQLText.names(columns))) FROM STDIN WITH (FORMAT binary)")
        do throws(StoreError) {
            fields.removeAll()
            fields.copyHeader()
            try body { () throws(StoreError) in try handle.sendCopy(fields) }
            fields.copyTrailer()
            try handle.sendCopy(fields)
        } catch {
            _ = try? handle.endCopyIn(failure: "the client gave up")
            throw error
        }
        return try handle.endCopyIn()
    }

    /// Reads rows by binary COPY, the fastest way.
    ///
    /// COPY takes no parameters: values are quoted into the text of the SELECT, whose columns have the given types.
    func copyOut(
        _ select: String, types: [SQLType], _ body: (CopiedRow) throws(StoreError) -> Void
    ) throws(StoreError) {
        try handle.beginCopyOut("COPY (\(select)) TO STDOUT WITH (FORMAT binary)")
        var isFirst = true
        try handle.readCopy { (bytes) throws(StoreError) in
            // The header comes with the first row, or alone when there is none.
            let offset = isFirst ? CopiedRow.headerSize : 0
            isFirst = false
            guard let row = try CopiedRow(bytes, from: offset, types: types) else { return }
            try body(row)
        }
    }

    // MARK: Notifications

    public func listen(_ channel: String) throws(StoreError) {
        try handle.execute(script: "LISTEN \(SQLText.name(channel))")
    }

    /// Wakes all who listen to a channel; inside a transaction, when that commits.
    public func notify(_ channel: String, _ payload: String = "") throws(StoreError) {
        try run("SELECT pg_notify(\(channel), \(payload))")
    }

    /// Waits for a notification, and returns those that are there; none after `milliseconds`, or when a signal came.
    public func waitForNotification(milliseconds: Int) throws(StoreError) -> [PostgresNotification] {
        var notifications = takeNotifications()
        guard notifications.isEmpty else { return notifications }
        try handle.wait(milliseconds: milliseconds)
        notifications = takeNotifications()
        return notifications
    }

    private func takeNotifications() -> [PostgresNotification] {
        var notifications: [PostgresNotification] = []
        while let notification = handle.nextNotification() { notifications.append(notification) }
        return notifications
    }

    // MARK: Rows of a table

    /// The statement of a kind that inserts so many rows, made once.
    func insertion(of rows: Int, into kind: String, _ make: () -> String) -> String {
        if let known = insertions[kind]?[rows] { return known }
        let made = make()
        insertions[kind, default: [:]][rows] = made
        return made
    }

    /// Makes an empty temporary table with the columns of `table` that is emptied by every commit; its name.
    func stagingTable(of table: Table) throws(StoreError) -> String {
        let name = "staging_\(table.name)"
        if !stagingTables.contains(name) {
            try handle.execute(
                script: """
                    CREATE TEMP TABLE \(SQLText.name(name)) ON COMMIT DELETE ROWS
                    AS SELECT \(SQLText.names(table.columns)) FROM \(SQLText.name(table.name)) WITH NO DATA
                    """)
            stagingTables.insert(name)
        } else if usedStagingTables.contains(name) {
            try handle.execute(script: "DELETE FROM \(SQLText.name(name))")
        }
        usedStagingTables.insert(name)
        return name
    }
}
