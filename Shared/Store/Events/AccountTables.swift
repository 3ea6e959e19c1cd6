internal import Schema

/// The books' totals; their positions are rows of ``PositionTable`` under the same feed position.
enum AccountTable {
    static let table = Table("accounts", key: ["position"], columns: ["position", "time", "cash", "equity"])

    static func write(_ account: Account, of event: Event, to writer: BinaryWriter) {
        writer.write(event.position)
        writer.write(account.time)
        writer.write(account.cash)
        writer.write(account.equity)
    }
}

enum PositionTable {
    static let table = Table(
        "positions", key: ["position", "instrument"],
        columns: ["position", "instrument", "quantity", "average_price", "mark_price", "realised", "fees"])

    static func write(_ position: Account.Position, of event: Event, to writer: BinaryWriter) {
        writer.write(event.position)
        writer.write(position.instrument.name)
        writer.write(position.quantity)
        writer.write(position.averagePrice)
        writer.write(position.markPrice)
        writer.write(position.realised)
        writer.write(position.fees)
    }

    static func read(_ row: Row) throws(StoreError) -> Account.Position {
        Account.Position(
            instrument: try row.instrument(), quantity: try row.value("quantity"),
            averagePrice: try row.value("average_price"), markPrice: try row.value("mark_price"),
            realised: try row.value("realised"), fees: try row.value("fees"))
    }
}
