public import Schema

/// Exact: a `numeric` is groups of four decimal digits, and the twelve places are three groups.
///
/// The binary form (`numeric_send` in PostgreSQL's `numeric.c`): number of groups, weight of the first group in powers
/// of 10 000, sign (0x4000 is minus), places to show; then the groups.
extension Decimal12: SQLValue {
    public static var typeIdentifier: UInt32 { SQLType.numeric.rawValue }

    public func write(to writer: BinaryWriter) {
        // Lowest group first; 10 groups hold any 128-bit number.
        var groups: [Int16] = []
        var rest = units.magnitude
        while rest > 0 {
            let (quotient, remainder) = rest.quotientAndRemainder(dividingBy: 10_000)
            groups.append(Int16(remainder))
            rest = quotient
        }
        let zeros = groups.prefix { $0 == 0 }.count
        writer.field {
            writer.raw(Int16(groups.count - zeros))
            writer.raw(Int16(groups.isEmpty ? 0 : groups.count - 4))
            writer.raw(UInt16(units < 0 ? 0x4000 : 0))
            writer.raw(Int16(places))
            for group in groups.dropFirst(zeros).reversed() { writer.raw(group) }
        }
    }

    /// Places after the point without trailing zeros, 0…12.
    private var places: Int {
        guard units != 0 else { return 0 }
        var (places, rest) = (12, units)
        while places > 0, rest % 10 == 0 { (places, rest) = (places - 1, rest / 10) }
        return places
    }

    public init?(field: BinaryField) {
        guard field.type == .numeric, let count = field.number(Int16.self),
            let weight = field.number(Int16.self, at: 2),
            let sign = field.number(UInt16.self, at: 4), sign == 0 || sign == 0x4000
        else { return nil }
        // Summed below zero, where there is one number more than above.
        var units: Int128 = 0
        for index in 0..<Int(count) {
            guard let group = field.number(Int16.self, at: 8 + 2 * index) else { return nil }
            // The group counts 10 000^(weight − index), and units are 10 000^−3.
            let power = Int(weight) - index + 3
            guard power >= 0, power < 10 else { return nil }
            var value = -Int128(group)
            for _ in 0..<power {
                let (scaled, overflow) = value.multipliedReportingOverflow(by: 10_000)
                guard !overflow else { return nil }
                value = scaled
            }
            let (sum, overflow) = units.addingReportingOverflow(value)
            guard !overflow else { return nil }
            units = sum
        }
        guard sign == 0 else {
            self.init(units: units)
            return
        }
        guard units != .min else { return nil }
        self.init(units: -units)
    }
}
