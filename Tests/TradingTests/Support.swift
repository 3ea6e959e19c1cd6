import Pipeline
import Schema
import Trading

let bitcoin = Instrument("binance.BTC-USDT")
let ether = Instrument("binance.ETH-USDT")

/// A literal in a test that is known to be a decimal.
func decimal(_ text: String) -> Decimal12 {
    guard let value = Decimal12(text) else { preconditionFailure("\(text) is no decimal") }
    return value
}

/// The close time of the `index`-th bar of a minute, counted from a day's beginning.
func moment(_ index: Int) -> UnixNanos { UnixNanos(seconds: 1_700_006_400 + Int64(index) * 60) }

func bar(
    _ index: Int, _ instrument: Instrument = bitcoin, open: Double, high: Double, low: Double, close: Double,
    volume: Double = 1000
) throws -> Candle {
    try Candle(
        instrument: instrument, timeframe: .minute1, openTime: moment(index), open: open, high: high, low: low,
        close: close, volume: volume)
}

func flatBar(_ index: Int, _ instrument: Instrument = bitcoin, at price: Double, volume: Double = 1000) throws -> Candle
{
    try bar(index, instrument, open: price, high: price, low: price, close: price, volume: volume)
}

func order(
    _ clientID: String = "a", _ side: Side = .buy, _ quantity: String = "1", instrument: Instrument = bitcoin,
    kind: OrderKind = .market, limit: String? = nil, stop: String? = nil,
    timeInForce: TimeInForce = .goodTilCancelled, reduceOnly: Bool = false, postOnly: Bool = false, after index: Int = 0
) throws -> Order {
    try Order(
        clientID: clientID, decisionID: "d-\(clientID)", instrument: instrument, side: side, kind: kind,
        quantity: decimal(quantity), limitPrice: limit.map(decimal), stopPrice: stop.map(decimal),
        timeInForce: timeInForce, reduceOnly: reduceOnly, postOnly: postOnly, time: moment(index))
}

func fill(
    _ side: Side, _ quantity: String, at price: String, fee: String = "0", instrument: Instrument = bitcoin,
    id: String = "f"
) -> Fill {
    Fill(
        id: id, clientID: "a", instrument: instrument, side: side, quantity: decimal(quantity), price: decimal(price),
        fee: decimal(fee), time: moment(0))
}

extension PaperVenue.Report {
    var fill: Fill? { if case .fill(let fill) = content { fill } else { nil } }
    var event: OrderEvent? { if case .event(let event) = content { event } else { nil } }
}

extension [PaperVenue.Report] {
    var fills: [Fill] { compactMap(\.fill) }
    var states: [OrderEvent.State] { compactMap(\.event?.state) }
    var reasons: [String] { compactMap(\.event?.reason) }
}
