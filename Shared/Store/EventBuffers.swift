internal import Schema

/// Sorts messages into one buffer a table, so that each table is written at once.
final class EventBuffers {
    private let candles = RowBuffer(CandleTable.table)
    private let anomalies = RowBuffer(AnomalyTable.table)
    private let predictions = RowBuffer(PredictionTable.table)
    private let decisions = RowBuffer(DecisionTable.table)
    private let orders = RowBuffer(OrderTable.table)
    private let orderEvents = RowBuffer(OrderEventTable.table)
    private let fills = RowBuffer(FillTable.table)
    private let accounts = RowBuffer(AccountTable.table)
    private let positions = RowBuffer(PositionTable.table)
    private let metrics = RowBuffer(MetricTable.table)

    /// The buffers with rows, always in the same order, so that two writers cannot wait for each other.
    var inOrder: [RowBuffer] {
        [
            candles, anomalies, predictions, decisions, orders, orderEvents, fills, accounts, positions, metrics,
        ].filter { $0.count > 0 }
    }

    func add(_ entry: LogEntry) {
        let event = entry.event
        switch event.message {
        case .candle(let candle): candles.add { CandleTable.write(candle, of: event, to: $0) }
        case .anomaly(let anomaly):
            anomalies.add { writer in
                AnomalyTable.write(anomaly, of: event, to: writer)
                writer.write(Int32(clamping: entry.ordinal))
            }
        case .prediction(let prediction): predictions.add { PredictionTable.write(prediction, of: event, to: $0) }
        case .decision(let decision): decisions.add { DecisionTable.write(decision, of: event, to: $0) }
        case .order(let order): orders.add { OrderTable.write(order, of: event, to: $0) }
        case .orderEvent(let step): orderEvents.add { OrderEventTable.write(step, of: event, to: $0) }
        case .fill(let fill): fills.add { FillTable.write(fill, of: event, to: $0) }
        case .account(let account):
            accounts.add { AccountTable.write(account, of: event, to: $0) }
            for position in account.positions {
                positions.add { PositionTable.write(position, of: event, to: $0) }
            }
        case .metric(let metric): metrics.add { MetricTable.write(metric, of: event, to: $0) }
        // Kept in the feed log alone, or nowhere.
        case .control, .watermark, .features, .trade, .quote, .book, .side, .headline: break
        }
    }
}
