internal import Foundation
public import Schema

/// Binance's `/api/v3/klines`, served from a list of candles.
///
/// Obeys `symbol`, `interval`, `startTime`, `endTime` (both inclusive, in milliseconds) and `limit` as the venue
/// documents them, and refuses a symbol that it does not know with the venue's own error.
public struct FakeKlines: Sendable {
    private let candles: [Candle]

    /// Creates the endpoint.
    ///
    /// - Parameter candles: in order of time; prices and volumes are printed with eight places.
    public init(_ candles: [Candle]) { self.candles = candles }

    /// The endpoint's answer to a request.
    public func reply(to request: FakeVenue.Request) -> FakeVenue.Reply {
        guard request.path == "/api/v3/klines" else { return FakeVenue.Reply(404, "") }
        let symbol = request.query["symbol"] ?? ""
        let known = candles.filter { $0.instrument.base + $0.instrument.quote == symbol }
        guard !known.isEmpty else {
            return FakeVenue.Reply(400, #"{"code":-1121,"msg":"Invalid symbol."}"#)
        }
        let start = request.query["startTime"].flatMap { Int64($0) } ?? 0
        let end = request.query["endTime"].flatMap { Int64($0) } ?? .max
        let limit = min(1000, request.query["limit"].flatMap { Int($0) } ?? 500)
        let rows = known.filter {
            $0.timeframe.rawValue == request.query["interval"]
                && $0.openTime.milliseconds >= start && $0.openTime.milliseconds <= end
        }
        return FakeVenue.Reply(200, "[\(rows.prefix(limit).map(Self.row).joined(separator: ","))]")
    }

    /// One candle as the venue writes it.
    public static func row(_ candle: Candle) -> String {
        let numbers = [candle.open, candle.high, candle.low, candle.close, candle.volume]
            .map { "\"" + String(format: "%.8f", $0) + "\"" }.joined(separator: ",")
        let (open, close) = (candle.openTime.milliseconds, candle.closeTime.milliseconds - 1)
        return "[\(open),\(numbers),\(close),\"0.00000000\",0,\"0.00000000\",\"0.00000000\",\"0\"]"
    }
}
