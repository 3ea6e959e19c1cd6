/// A text such as `purged-k-fold(folds: 5, embargo: 1%)`, read field by field.
struct SchemeFields {
    let name: String
    private let text: String
    /// Those that were not yet asked for.
    private var fields: [String: String] = [:]

    init(parsing text: String) throws(EvaluationError) {
        self.text = text
        let bare = text.filter { $0 != " " }
        guard let open = bare.firstIndex(of: "("), bare.last == ")" else {
            throw .scheme(text, reason: "it is not written name(field: value, field: value)")
        }
        name = String(bare[..<open])
        for field in bare[bare.index(after: open)...].dropLast().split(separator: ",", omittingEmptySubsequences: false)
        {
            let halves = field.split(separator: ":", omittingEmptySubsequences: false)
            guard halves.count == 2, !halves[0].isEmpty, !halves[1].isEmpty else {
                throw .scheme(text, reason: "\"\(field)\" is not a field and its value")
            }
            guard fields.updateValue(String(halves[1]), forKey: String(halves[0])) == nil else {
                throw .scheme(text, reason: "\(halves[0]) is given twice")
            }
        }
    }

    /// The field's value; `nil` where it is left out.
    mutating func value<Value>(
        _ field: String, _ kind: String, _ read: (String) -> Value?
    ) throws(EvaluationError) -> Value? {
        guard let given = fields.removeValue(forKey: field) else { return nil }
        guard let value = read(given) else { throw .scheme(text, reason: "\(field) is \"\(given)\", not \(kind)") }
        return value
    }

    mutating func extent(_ field: String) throws(EvaluationError) -> Extent? {
        try value(field, "a length like 100, 30d, 4h or 1%") { Extent(parsing: $0) }
    }

    mutating func count(_ field: String) throws(EvaluationError) -> Int? {
        try value(field, "a whole number below a thousand million") { text in
            Int(text).flatMap { (-1_000_000_000..<1_000_000_000).contains($0) ? $0 : nil }
        }
    }

    mutating func requiredExtent(_ field: String) throws(EvaluationError) -> Extent {
        guard let extent = try extent(field) else { throw .scheme(text, reason: "it has no \(field)") }
        return extent
    }

    mutating func requiredCount(_ field: String) throws(EvaluationError) -> Int {
        guard let count = try count(field) else { throw .scheme(text, reason: "it has no \(field)") }
        return count
    }

    mutating func flag(_ field: String) throws(EvaluationError) -> Bool? {
        try value(field, "true or false") { Bool($0) }
    }

    /// Refuses fields that nothing asked for.
    func requireNoMore() throws(EvaluationError) {
        if let other = fields.keys.min() { throw .scheme(text, reason: "it has no field \(other)") }
    }
}
