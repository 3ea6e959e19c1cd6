internal import CZlib
internal import Schema

extension OrderBook {
    /// The CRC-32 over the ten best levels of each side, as Kraken computes it.
    ///
    /// Kraken, "Spot Websocket v2, Guide: Book Checksum": asks from the lowest price up, then bids from the highest down; per
    /// level the price and then the quantity with their fixed number of places, without point and leading zeros.
    ///
    /// `pricePlaces` and `quantityPlaces` are the digits after the point with which the venue writes them, 0 to 15.
    public func checksum(pricePlaces: Int, quantityPlaces: Int) -> UInt32 {
        let (bids, asks) = best(10)
        var text: [UInt8] = []
        for level in asks + bids {
            text += Self.digits(level.price, places: pricePlaces)
            text += Self.digits(level.quantity, places: quantityPlaces)
        }
        return UInt32(truncatingIfNeeded: crc32(0, text, UInt32(text.count)))
    }

    /// The digits of a number in units of its last place, which have neither point nor leading zeros.
    private static func digits(_ value: Double, places: Int) -> String.UTF8View {
        var scale = 1.0
        for _ in 0..<places { scale *= 10 }
        // Whole numbers up to 2⁵³ are exact, and the nearest one is the published one. What does not even fit into 64 bits
        // is nonsense from the venue, whose checksum then differs.
        return String(UInt64(exactly: (value * scale).rounded()) ?? 0).utf8
    }
}
