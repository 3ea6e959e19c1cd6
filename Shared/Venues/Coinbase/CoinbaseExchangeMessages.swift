internal import Schema

// The feed of Coinbase Exchange, once Coinbase Pro.
//
// Coinbase Developer Platform, "Exchange WebSocket Channels".

/// `match`: a trade; or `last_match`, the last one before the subscription.
struct CoinbaseExchangeMatch: Decodable {
    enum Kind: String, Decodable { case match, last = "last_match" }

    let type: Kind
    /// Counts the product's trades.
    let trade_id: UInt64
    let product_id: String
    let price: PublishedDecimal
    let size: PublishedDecimal
    /// Of the order that was resting in the book.
    let side: String
    let time: PublishedDate
}

/// `ticker`, of which we read the best bid and ask; the feed has told their sizes since 2022 only.
struct CoinbaseExchangeTicker: Decodable {
    let product_id: String
    let best_bid: PublishedDecimal
    let best_bid_size: PublishedDecimal?
    let best_ask: PublishedDecimal
    let best_ask_size: PublishedDecimal?
    let time: PublishedDate
}

/// `snapshot`: a whole book, the best levels first.
struct CoinbaseExchangeSnapshot: Decodable {
    let product_id: String
    let bids: [PublishedLevel]
    let asks: [PublishedLevel]
    let time: PublishedDate?
}

/// `l2update`: `[side, price, quantity]` of what changed.
struct CoinbaseExchangeUpdate: Decodable {
    let product_id: String
    let changes: [PublishedChange]
    let time: PublishedDate
}

/// `heartbeat`: once a second for each product.
struct CoinbaseExchangeHeartbeat: Decodable {
    let sequence: UInt64
    let time: PublishedDate
}
