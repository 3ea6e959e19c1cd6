internal import Schema

/// Why a symbol that a venue lists is not among ours.
struct VenueListingOmission: Error, Equatable {
    let reason: String

    init(_ reason: String) { self.reason = reason }
}

extension Instrument {
    /// The instrument of a listed symbol.
    static func listed(_ venue: String, _ base: String, _ quote: String) throws(VenueListingOmission) -> Instrument {
        do throws(SchemaError) {
            return try Instrument(parsing: "\(venue).\(base)-\(quote)")
        } catch {
            throw VenueListingOmission("\(error)")
        }
    }
}

extension Decimal12 {
    /// A number from a listing.
    static func listed(_ text: String) throws(VenueListingOmission) -> Decimal12 {
        do throws(SchemaError) { return try Decimal12(parsing: text) } catch { throw VenueListingOmission("\(error)") }
    }

    /// Ten to the power of minus `places`: the grid of numbers with so many digits after the point.
    static func grid(places: Int) throws(VenueListingOmission) -> Decimal12 {
        guard (0...12).contains(places) else { throw VenueListingOmission("\(places) places") }
        var units = one128
        for _ in 0..<places { units /= 10 }
        return Decimal12(units: units)
    }
}
