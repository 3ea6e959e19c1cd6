internal import Schema

/// A row of `fundingRate`: what was paid.
struct BinanceFundingRate: Decodable, Equatable {
    let fundingTime: UnixMilliseconds
    let fundingRate: PublishedDecimal

    func value(_ instrument: Instrument) throws(SchemaError) -> SideValue {
        try SideValue(
            series: .fundingRate, instrument: instrument, value: fundingRate.value, time: fundingTime.moment,
            knownAt: fundingTime.moment)
    }
}

/// The answer of `openInterest`.
struct BinanceOpenInterest: Decodable, Equatable {
    let openInterest: PublishedDecimal
    let time: UnixMilliseconds

    func value(_ instrument: Instrument, receivedAt: UnixNanos) throws(SchemaError) -> SideValue {
        try SideValue(
            series: .openInterest, instrument: instrument, value: openInterest.value, time: time.moment,
            knownAt: max(time.moment, receivedAt))
    }
}

/// A row of `/futures/data/openInterestHist`: open interest at the end of a span.
struct BinanceOpenInterestRow: Decodable, Equatable {
    let sumOpenInterest: PublishedDecimal
    let timestamp: UnixMilliseconds

    private enum CodingKeys: CodingKey { case sumOpenInterest, timestamp }

    init(from decoder: any Decoder) throws {
        let row = try decoder.container(keyedBy: CodingKeys.self)
        sumOpenInterest = try row.decode(PublishedDecimal.self, forKey: .sumOpenInterest)
        // Documented as a string, sent as a number.
        if let text = try? row.decode(String.self, forKey: .timestamp) {
            timestamp = try UnixMilliseconds(text: text, row.superDecoder(forKey: .timestamp))
        } else {
            timestamp = try row.decode(UnixMilliseconds.self, forKey: .timestamp)
        }
    }

    func value(_ instrument: Instrument) throws(SchemaError) -> SideValue {
        try SideValue(
            series: .openInterest, instrument: instrument, value: sumOpenInterest.value, time: timestamp.moment,
            knownAt: timestamp.moment)
    }
}
