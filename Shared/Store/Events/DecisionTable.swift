internal import Foundation
internal import Schema

enum DecisionTable: EventTable {
    static let table = Table(
        "decisions", key: ["id"],
        columns: [
            "id", "model", "instrument", "time", "state", "action", "target_quantity", "order_quantity", "verdicts",
            "position", "trace",
        ])

    static func write(_ decision: Decision, of event: Event, to writer: BinaryWriter) {
        writer.write(decision.id)
        writer.write(decision.model.text)
        writer.write(decision.instrument.name)
        writer.write(decision.time)
        writer.write(decision.state.rawValue)
        writer.write(decision.action.rawValue)
        writer.write(decision.targetQuantity)
        writer.write(decision.orderQuantity)
        writer.write(JSONText(json(decision.verdicts)))
        writer.write(event.position)
        writer.write(event.trace)
    }

    static func read(_ row: Row) throws(StoreError) -> Message {
        let (model, instrument) = (Name(try row.value("model")), try row.instrument())
        return .decision(
            Decision(
                model: model, instrument: instrument, openTime: try openTime(row.value("id"), model, instrument),
                time: try row.value("time"), state: try row.name("state"), action: try row.name("action"),
                targetQuantity: try row.value("target_quantity"), orderQuantity: try row.value("order_quantity"),
                verdicts: try verdicts(row.value("verdicts"))))
    }

    private static func openTime(
        _ id: String, _ model: Name, _ instrument: Instrument
    ) throws(StoreError) -> UnixNanos {
        do {
            return try Decision.openTime(ofID: id, model: model, instrument: instrument)
        } catch {
            throw .value(column: "id", reason: "\(error)")
        }
    }

    /// Written by hand, at a tenth of `JSONEncoder`'s cost; numbers that JSON lacks become texts.
    private static func json(_ verdicts: [Decision.Verdict]) -> String {
        func number(_ value: Double) -> String { value.isFinite ? "\(value)" : "\"\(value)\"" }
        let parts = verdicts.map { verdict in
            """
            {"rule": \(SQLText.json(verdict.rule.text)), "passed": \(verdict.passed), \
            "value": \(number(verdict.value)), "limit": \(number(verdict.limit))}
            """
        }
        return "[\(parts.joined(separator: ", "))]"
    }

    private static func verdicts(_ text: JSONText) throws(StoreError) -> [Decision.Verdict] {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        do {
            return try decoder.decode([Decision.Verdict].self, from: Data(text.rawValue.utf8))
        } catch {
            throw .value(column: "verdicts", reason: "no list of verdicts")
        }
    }
}

extension SQLText {
    /// A JSON string.
    ///
    /// `jsonb` has no U+0000, so U+2400 (␀) stands for it, as in text columns.
    static func json(_ text: String) -> String {
        var json = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": json += "\\\""
            case "\\": json += "\\\\"
            case "\u{0}": json += "\u{2400}"
            case "\u{1}"..<"\u{20}":
                let digits = String(scalar.value, radix: 16)
                json += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: json.unicodeScalars.append(scalar)
            }
        }
        return json + "\""
    }
}
