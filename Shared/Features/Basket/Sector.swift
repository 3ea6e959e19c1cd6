/// What kind of thing a coin is, for comparing kinds with each other.
public enum Sector: String, Codable, Sendable, CaseIterable {
    case layer1 = "layer-1"
    case defi
    case meme
    case other

    /// By the base currency's symbol; what is not listed is ``other``.
    public init(base: String) { self = Self.table[base] ?? .other }

    private static let table: [String: Self] = {
        let lists: [(Self, String)] = [
            (
                .layer1,
                "BTC XBT ETH SOL ADA AVAX DOT ATOM NEAR ALGO TRX TON APT SUI SEI XRP LTC BCH ETC XLM HBAR ICP FTM EGLD XTZ "
                    + "EOS NEO BNB KAS FLOW ZEC XMR DASH MATIC POL"
            ),
            (
                .defi,
                "UNI AAVE MKR SKY COMP CRV SNX SUSHI LDO YFI INCH 1INCH BAL DYDX GMX CAKE RUNE JUP PENDLE ENA RAY LQTY BNT "
                    + "CVX FXS KNC ZRX LRC ONDO MORPHO"
            ),
            (.meme, "DOGE SHIB PEPE FLOKI BONK WIF MEME BOME MEW POPCAT BRETT TURBO TRUMP FARTCOIN PNUT 1000SATS MOG"),
        ]
        var table: [String: Self] = [:]
        for (sector, symbols) in lists {
            for symbol in symbols.split(separator: " ") { table[String(symbol)] = sector }
        }
        return table
    }()
}
