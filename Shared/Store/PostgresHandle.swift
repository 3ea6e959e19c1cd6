internal import CPostgres

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// Owns the `PGconn` pointer: every call into libpq about a connection is here.
final class PostgresHandle {
    private let connection: OpaquePointer

    init(_ connectionString: String, applicationName: String) throws(StoreError) {
        // `dbname` first and expanded: it may be a whole connection string, and names an application of its own.
        let keywords = ["dbname", "fallback_application_name", "client_encoding"]
        let values = [connectionString, applicationName, "UTF8"]
        let opened = withCStrings(keywords) { keywords in
            withCStrings(values) { values in
                var (keywords, values) = (keywords, values)
                keywords.append(nil)
                values.append(nil)
                return PQconnectdbParams(keywords, values, 1)
            }
        }
        guard let opened else { throw .connectionLost(message: "out of memory") }
        guard PQstatus(opened) == CONNECTION_OK else {
            let message = String(cString: PQerrorMessage(opened))
            PQfinish(opened)
            throw .connectionLost(message: message)
        }
        connection = opened
        PQsetNoticeProcessor(connection, { _, _ in }, nil)
    }

    deinit { PQfinish(connection) }

    var isUsable: Bool { PQstatus(connection) == CONNECTION_OK }
    /// A statement of the transaction at hand was refused, so that COMMIT would silently roll back.
    var isTransactionBroken: Bool { PQtransactionStatus(connection) == PQTRANS_INERROR }
    var isInTransaction: Bool { PQtransactionStatus(connection) != PQTRANS_IDLE }

    // MARK: Statements

    /// Runs SQL text of any number of statements; the result is the last one's.
    @discardableResult
    func execute(script: String) throws(StoreError) -> Rows { try checked(PQexec(connection, script)) }

    func prepare(name: String, text: String, types: [UInt32]) throws(StoreError) {
        _ = try checked(PQprepare(connection, name, text, CInt(types.count), types))
    }

    /// Runs one statement, given as text or as the name of a prepared one; parameters and results are binary.
    ///
    /// `fields` holds the parameters, one row after the other. Without `types` the server infers them from where they
    /// stand.
    func execute(
        _ statement: String, isPrepared: Bool, types: [UInt32]?, fields: BinaryWriter, rows: Int, columns: Int
    ) throws(StoreError) -> Rows {
        let (values, lengths) = fields.fields(rows: rows, columns: columns)
        let formats = [CInt](repeating: 1, count: values.count)
        let count = CInt(values.count)
        // `fields` owns what the values point to, and is alive until the call returns.
        let result = withExtendedLifetime(fields) {
            if isPrepared {
                PQexecPrepared(connection, statement, count, values, lengths, formats, 1)
            } else if let types {
                PQexecParams(connection, statement, count, types, values, lengths, formats, 1)
            } else {
                PQexecParams(connection, statement, count, nil, values, lengths, formats, 1)
            }
        }
        return try checked(result)
    }

    private func checked(
        _ result: OpaquePointer?, expected: ExecStatusType? = nil
    ) throws(StoreError) -> Rows {
        guard let result else { throw .connectionLost(message: String(cString: PQerrorMessage(connection))) }
        let status = PQresultStatus(result)
        let isFine = expected.map { $0 == status } ?? (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK)
        guard !isFine else { return Rows(owning: result) }
        defer { PQclear(result) }
        let state = PQresultErrorField(result, CInt(UInt8(ascii: "C"))).map { String(cString: $0) } ?? ""
        let message = String(cString: PQresultErrorMessage(result))
        // Class 08 is "connection exception"; a connection that broke has no state at all, or the server's last word.
        guard PQstatus(connection) == CONNECTION_OK, !state.hasPrefix("08") else {
            throw .connectionLost(message: message)
        }
        throw .refused(sqlState: state, message: message)
    }

    // MARK: COPY

    func beginCopyIn(_ statement: String) throws(StoreError) {
        _ = try checked(PQexec(connection, statement), expected: PGRES_COPY_IN)
    }

    /// Sends what `writer` holds, and empties it unless told otherwise.
    func sendCopy(_ writer: BinaryWriter, keeping: Bool = false) throws(StoreError) {
        let bytes = writer.bytes
        var offset = 0
        while offset < bytes.count {
            let size = min(bytes.count - offset, 1 << 17)
            let start = bytes.baseAddress.map { ($0 + offset).assumingMemoryBound(to: CChar.self) }
            guard PQputCopyData(connection, start, CInt(size)) == 1 else {
                throw .connectionLost(message: String(cString: PQerrorMessage(connection)))
            }
            offset += size
        }
        if !keeping { writer.removeAll() }
    }

    /// Ends a COPY to the server, and returns the number of rows.
    ///
    /// Where a failure is given, the server forgets the rows, and the call throws.
    func endCopyIn(failure: String? = nil) throws(StoreError) -> Int {
        guard PQputCopyEnd(connection, failure) == 1 else {
            throw .connectionLost(message: String(cString: PQerrorMessage(connection)))
        }
        defer { drain() }
        return try checked(PQgetResult(connection), expected: PGRES_COMMAND_OK).affected
    }

    func beginCopyOut(_ statement: String) throws(StoreError) {
        _ = try checked(PQexec(connection, statement), expected: PGRES_COPY_OUT)
    }

    /// Calls `body` with every message of a COPY from the server, and reads on to the end where it throws.
    func readCopy(_ body: (UnsafeRawBufferPointer) throws(StoreError) -> Void) throws(StoreError) {
        var thrown: StoreError?
        var buffer: UnsafeMutablePointer<CChar>?
        while true {
            let size = PQgetCopyData(connection, &buffer, 0)
            if size == -1 { break }
            guard size > 0, let start = buffer else {
                drain()
                throw .connectionLost(message: String(cString: PQerrorMessage(connection)))
            }
            defer { PQfreemem(start) }
            guard thrown == nil else { continue }
            do throws(StoreError) {
                try body(UnsafeRawBufferPointer(start: start, count: Int(size)))
            } catch {
                thrown = error
            }
        }
        defer { drain() }
        _ = try checked(PQgetResult(connection), expected: PGRES_COMMAND_OK)
        if let thrown { throw thrown }
    }

    private func drain() {
        while let rest = PQgetResult(connection) { PQclear(rest) }
    }

    // MARK: Notifications

    /// Waits until the server has something to say, at most `milliseconds`, and takes it in.
    func wait(milliseconds: Int) throws(StoreError) {
        let interest = CInt(POLLIN)
        var descriptor = pollfd(fd: PQsocket(connection), events: Int16(interest), revents: 0)
        guard descriptor.fd >= 0 else { throw .connectionLost(message: "the socket is closed") }
        let ready = poll(&descriptor, 1, CInt(clamping: milliseconds))
        guard ready != 0 else { return }
        guard PQconsumeInput(connection) == 1, isUsable else {
            throw .connectionLost(message: String(cString: PQerrorMessage(connection)))
        }
    }

    func nextNotification() -> PostgresNotification? {
        guard let notification = PQnotifies(connection) else { return nil }
        defer { PQfreemem(notification) }
        return PostgresNotification(
            channel: String(cString: notification.pointee.relname), payload: String(cString: notification.pointee.extra)
        )
    }

    // MARK: Passwords

    /// What the server keeps in place of a password; computed here.
    func passwordVerifier(_ password: String, user: String) throws(StoreError) -> String {
        guard let text = PQencryptPasswordConn(connection, password, user, "scram-sha-256") else {
            throw .connectionLost(message: String(cString: PQerrorMessage(connection)))
        }
        defer { PQfreemem(text) }
        return String(cString: text)
    }

    // MARK: Connection strings

    /// The same server and user, another database.
    static func connectionString(_ string: String, database: String) throws(StoreError) -> String {
        var message: UnsafeMutablePointer<CChar>?
        guard let options = PQconninfoParse(string, &message) else {
            // The parser's message may quote a password.
            PQfreemem(message)
            throw .connectionLost(message: "the connection string cannot be read")
        }
        defer { PQconninfoFree(options) }
        var parts: [String] = []
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val, strcmp(keyword, "dbname") != 0 {
                parts.append("\(String(cString: keyword))=\(quoted(String(cString: value)))")
            }
            option += 1
        }
        return (parts + ["dbname=\(quoted(database))"]).joined(separator: " ")
    }

    /// A connection string without its password, and the password; what is left out comes from libpq's defaults.
    static func withoutPassword(_ string: String) throws(StoreError) -> (string: String, password: String?) {
        var message: UnsafeMutablePointer<CChar>?
        guard let options = PQconninfoParse(string, &message) else {
            PQfreemem(message)
            throw .connectionLost(message: "the connection string cannot be read")
        }
        defer { PQconninfoFree(options) }
        var (parts, password): ([String], String?) = ([], nil)
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val {
                let (name, text) = (String(cString: keyword), String(cString: value))
                if name == "password" { password = text } else { parts.append("\(name)=\(quoted(text))") }
            }
            option += 1
        }
        return (parts.joined(separator: " "), password)
    }

    private static func quoted(_ value: String) -> String {
        "'\(value.replacing("\\", with: "\\\\").replacing("'", with: "\\'"))'"
    }
}

/// Lends C copies of `strings`, freed when `body` returns.
private func withCStrings<R>(_ strings: [String], _ body: ([UnsafePointer<CChar>?]) -> R) -> R {
    let owned = strings.map { strdup($0) }
    defer { owned.forEach { free($0) } }
    return body(owned.map { UnsafePointer($0) })
}
