/// An indicator that is encoded with its name, so that it can be decoded again as what it is.
struct StoredIndicator: Sendable {
    /// Of its first line, as in ``FeaturePlan/Source``.
    let name: String
    var indicator: any BarIndicator
}

extension StoredIndicator: Equatable {
    static func == (lhs: Self, rhs: Self) -> Bool {
        func isSame<Indicator: BarIndicator>(_ indicator: Indicator) -> Bool {
            indicator == rhs.indicator as? Indicator
        }
        return lhs.name == rhs.name && isSame(lhs.indicator)
    }
}

extension StoredIndicator: Codable {
    private enum Key: CodingKey { case name, state }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        let name = try container.decode(String.self, forKey: .name)
        func decode<Indicator: BarIndicator>(_ indicator: Indicator) throws -> any BarIndicator {
            try container.decode(Indicator.self, forKey: .state)
        }
        self.name = name
        indicator = try decode(FeatureCatalogue.indicator(named: name))
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(name, forKey: .name)
        try container.encode(indicator, forKey: .state)
    }
}

/// The same for an indicator over all instruments.
struct StoredBasket: Sendable {
    let name: String
    var indicator: any BasketIndicator
}

extension StoredBasket: Equatable {
    static func == (lhs: Self, rhs: Self) -> Bool {
        func isSame<Indicator: BasketIndicator>(_ indicator: Indicator) -> Bool {
            indicator == rhs.indicator as? Indicator
        }
        return lhs.name == rhs.name && isSame(lhs.indicator)
    }
}

extension StoredBasket: Codable {
    private enum Key: CodingKey { case name, state }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        let name = try container.decode(String.self, forKey: .name)
        func decode<Indicator: BasketIndicator>(_ indicator: Indicator) throws -> any BasketIndicator {
            try container.decode(Indicator.self, forKey: .state)
        }
        self.name = name
        indicator = try decode(FeatureCatalogue.basketIndicator(named: name))
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(name, forKey: .name)
        try container.encode(indicator, forKey: .state)
    }
}
