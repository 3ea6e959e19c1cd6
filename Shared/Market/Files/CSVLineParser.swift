internal import Schema

/// Takes the numbers of a candle out of a line, in one pass over its bytes.
struct CSVLineParser {
    /// The numbers of a line, unchecked.
    struct Numbers {
        /// The open time in Unix milliseconds.
        let time: Int64
        let open: Double
        let high: Double
        let low: Double
        let close: Double
        let volume: Double
    }

    enum Outcome {
        case empty
        case numbers(Numbers)
        case malformed(String)
    }

    /// Lanes of a vector of numbers; the time is none of them.
    private enum Lane {
        static let (open, high, low, close, volume) = (0, 1, 2, 3, 4)
        /// Of columns that are read past.
        static let none = -1
        static let time = -2
    }

    let layout: CSVLayout
    private(set) var timeFormat: TimeFormat?
    /// The lane of each column, up to the last that is needed.
    private let lanes: [Int]

    init(_ layout: CSVLayout) {
        self.layout = layout
        timeFormat = layout.timeFormat
        let wanted = [
            (layout.time, Lane.time), (layout.open, Lane.open), (layout.high, Lane.high), (layout.low, Lane.low),
            (layout.close, Lane.close), (layout.volume, Lane.volume),
        ]
        // The list is not empty.
        var lanes = [Int](repeating: Lane.none, count: wanted.map(\.0).max()! + 1)
        for (column, lane) in wanted { lanes[column] = lane }
        self.lanes = lanes
    }

    /// What a line holds, without its line end.
    @inline(__always)
    mutating func parse(_ line: UnsafeBufferPointer<UInt8>) -> Outcome {
        guard var cursor = line.baseAddress, !line.isEmpty else { return .empty }
        let end = cursor + line.count
        var time: Int64 = 0
        var values = SIMD8<Double>()
        for column in 0..<lanes.count {
            let lane = lanes[column]
            let field = cursor
            if lane >= 0 {
                guard let value = NumberText.double(&cursor, end) else { return wrong("number", field, end, column) }
                values[lane] = value
            } else {
                while cursor < end, cursor.pointee != UInt8(ascii: ",") { cursor += 1 }
                if lane == Lane.time {
                    guard let milliseconds = milliseconds(UnsafeBufferPointer(start: field, count: cursor - field))
                    else { return wrong("open time", field, end, column) }
                    time = milliseconds
                }
            }
            if column < lanes.count - 1 {
                guard cursor < end else { return .malformed("fewer than \(lanes.count) columns") }
                cursor += 1
            }
        }
        return .numbers(
            Numbers(
                time: time, open: values[Lane.open], high: values[Lane.high], low: values[Lane.low],
                close: values[Lane.close], volume: values[Lane.volume]))
    }

    @inline(__always)
    private mutating func milliseconds(_ text: UnsafeBufferPointer<UInt8>) -> Int64? {
        if case .milliseconds = timeFormat { return NumberText.integer(text) }
        return otherTime(text)
    }

    /// A time in another format, or in the first line of a table that does not say its format.
    private mutating func otherTime(_ text: UnsafeBufferPointer<UInt8>) -> Int64? {
        timeFormat = timeFormat ?? TimeFormat.guess(String(decoding: text, as: UTF8.self))
        // A candle opens at a whole minute: what is finer is a mistake in the format.
        guard let moment = timeFormat?.moment(text), moment.rawValue % 1_000_000 == 0 else { return nil }
        return moment.milliseconds
    }

    @inline(never)
    private func wrong(
        _ what: String, _ field: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, _ column: Int
    ) -> Outcome {
        let rest = UnsafeBufferPointer(start: field, count: end - field)
        let shown = rest.prefix { $0 != UInt8(ascii: ",") }.prefix(40)
        let place = what == "number" ? " in column \(column + 1)" : ""
        return .malformed("\(what) \"\(String(decoding: shown, as: UTF8.self))\"\(place)")
    }
}
