internal import Schema

/// The binary number nearest to a decimal as venues publish them, or `nil` for anything else.
///
/// Digits with at most one point among or after them and perhaps a minus sign in front: `Double` alone would take
/// `nan`, `inf`, `0x1p3` and `1e400` too. The conversion rounds correctly, so the published text can be printed again
/// from it.
func publishedDecimal(_ text: String) -> Double? {
    var digits = text.utf8[...]
    if digits.first == UInt8(ascii: "-") { digits = digits.dropFirst() }
    guard digits.first.map({ (0x30...0x39).contains($0) }) == true, digits.count <= 64 else { return nil }
    var points = 0
    for byte in digits {
        if byte == UInt8(ascii: ".") { points += 1 } else if !(0x30...0x39).contains(byte) { return nil }
    }
    return points <= 1 ? Double(text) : nil
}

/// A number that a venue writes as a string, such as `"60685.22000000"`.
struct PublishedDecimal: Decodable, Equatable {
    let value: Double
    /// Digits after the point, trailing zeros included.
    let places: Int

    init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let value = publishedDecimal(text) else {
            throw DecodingError.value(decoder, "\"\(text.prefix(32))\" is not a decimal number")
        }
        self.value = value
        let utf8 = text.utf8
        places = utf8.lastIndex(of: UInt8(ascii: ".")).map { utf8.distance(from: $0, to: utf8.endIndex) - 1 } ?? 0
    }
}

/// A level of a book written as `[price, quantity, …]`, both as strings.
struct PublishedLevel: Decodable, Equatable {
    let level: BookLevel
    /// Digits after the point of the price, and of the quantity.
    let pricePlaces: Int
    let quantityPlaces: Int

    init(from decoder: any Decoder) throws {
        var row = try decoder.unkeyedContainer()
        let price = try row.decode(PublishedDecimal.self)
        let quantity = try row.decode(PublishedDecimal.self)
        level = try BookLevel(published: price.value, quantity.value, decoder)
        (pricePlaces, quantityPlaces) = (price.places, quantity.places)
    }
}

/// What changed on one side of a book, written as `[side, price, quantity]`, all as strings.
struct PublishedChange: Decodable, Equatable {
    let isBid: Bool
    let level: BookLevel

    init(from decoder: any Decoder) throws {
        var row = try decoder.unkeyedContainer()
        switch try row.decode(String.self) {
        case "buy": isBid = true
        case "sell": isBid = false
        default: throw DecodingError.value(decoder, "neither buy nor sell")
        }
        let (price, quantity) = (try row.decode(PublishedDecimal.self), try row.decode(PublishedDecimal.self))
        level = try BookLevel(published: price.value, quantity.value, decoder)
    }
}

extension BookLevel {
    /// A level that stands where a decoder does.
    init(published price: Double, _ quantity: Double, _ decoder: any Decoder) throws {
        do throws(SchemaError) {
            try self.init(price: price, quantity: quantity)
        } catch {
            throw DecodingError.value(decoder, "\(error)")
        }
    }
}
