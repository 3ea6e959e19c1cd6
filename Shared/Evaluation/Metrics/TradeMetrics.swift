/// What a list of closed trades was worth.
///
/// A trade with a profit above zero is a win, every other one a loss.
public struct TradeMetrics: Sendable, Hashable, Codable {
    public let count: Int
    public let wins: Int
    public let losses: Int
    /// Wins by all trades; zero without trades.
    public let winRate: Double
    /// The sum of the wins, in the unit of the profits.
    public let grossProfit: Double
    /// The sum of the losses, not above zero.
    public let grossLoss: Double
    public let net: Double
    /// Gross profit by gross loss without its sign; `nil` without a loss.
    public let profitFactor: Double?
    public let averageWin: Double?
    /// Not above zero.
    public let averageLoss: Double?
    /// Average win by average loss without its sign.
    public let payoff: Double?
    /// The mean profit of a trade.
    public let expectancy: Double?
    public let largestWin: Double
    /// Not above zero.
    public let largestLoss: Double
    public let mostWinsInARow: Int
    public let mostLossesInARow: Int

    /// - Parameter profits: Of each trade after costs, in the order of their ends.
    public init(profits: [Double]) {
        count = profits.count
        wins = profits.count { $0 > 0 }
        losses = count - wins
        winRate = profits.isEmpty ? 0 : Double(wins) / Double(count)
        grossProfit = profits.reduce(0) { $0 + max($1, 0) }
        grossLoss = profits.reduce(0) { $0 + min($1, 0) }
        net = profits.reduce(0, +)
        profitFactor = grossLoss < 0 ? grossProfit / -grossLoss : nil
        averageWin = wins > 0 ? grossProfit / Double(wins) : nil
        averageLoss = losses > 0 ? grossLoss / Double(losses) : nil
        if let averageWin, let averageLoss, averageLoss < 0 { payoff = averageWin / -averageLoss } else { payoff = nil }
        expectancy = profits.isEmpty ? nil : net / Double(count)
        largestWin = max(0, profits.max() ?? 0)
        largestLoss = min(0, profits.min() ?? 0)
        var (winRun, lossRun, mostWins, mostLosses) = (0, 0, 0, 0)
        for profit in profits {
            (winRun, lossRun) = profit > 0 ? (winRun + 1, 0) : (0, lossRun + 1)
            mostWins = max(mostWins, winRun)
            mostLosses = max(mostLosses, lossRun)
        }
        mostWinsInARow = mostWins
        mostLossesInARow = mostLosses
    }
}
