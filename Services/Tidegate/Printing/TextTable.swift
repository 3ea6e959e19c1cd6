/// A table for people: columns as wide as their widest cell, numbers to the right.
struct TextTable {
    private let columns: [String]
    private var rows: [[String]] = []

    init(columns: [String]) { self.columns = columns }

    /// Adds a row; it has as many cells as there are columns.
    mutating func add(_ row: [String]) {
        precondition(row.count == columns.count, "a row has one cell for each column")
        rows.append(row)
    }

    /// The lines, without a line end behind the last.
    var text: String {
        let widths = columns.indices.map { column in
            ([columns] + rows).map { $0[column].count }.max() ?? 0
        }
        let isNumeric = columns.indices.map { column in
            rows.contains { Self.isNumber($0[column]) }
                && rows.allSatisfy { Self.isNumber($0[column]) || Self.isNothing($0[column]) }
        }
        let lines = ([columns] + rows).map { row in
            var line = ""
            for column in columns.indices {
                let padding = String(repeating: " ", count: widths[column] - row[column].count)
                line += (column == 0 ? "" : "  ") + (isNumeric[column] ? padding + row[column] : row[column] + padding)
            }
            return String(line.reversed().drop { $0 == " " }.reversed())
        }
        return lines.joined(separator: "\n")
    }

    private static func isNothing(_ cell: String) -> Bool { cell.isEmpty || cell == "-" }

    /// A number with or without a sign and a unit, as `-1.5 %` or `12 MB`.
    private static func isNumber(_ cell: String) -> Bool {
        let digits = cell.first == "-" || cell.first == "+" ? cell.dropFirst() : cell[...]
        guard digits.first?.isNumber == true else { return false }
        let parts = digits.split(separator: " ")
        guard parts.count <= 2, let number = parts.first else { return false }
        return number.allSatisfy { $0.isNumber || $0 == "." || $0 == "," } || number.last == "s" || number.last == "%"
    }
}
