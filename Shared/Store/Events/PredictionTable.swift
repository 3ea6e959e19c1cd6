internal import Foundation
internal import Schema

enum PredictionTable: EventTable {
    static let table = Table(
        "predictions", key: ["model", "instrument", "timeframe", "open_time"],
        columns: [
            "model", "instrument", "timeframe", "open_time", "role", "as_of", "feature_set", "probability", "signal",
            "confidence", "reference_price", "volatility", "uncertainty", "quantiles", "position", "trace",
        ])

    static func write(_ prediction: Prediction, of event: Event, to writer: BinaryWriter) {
        writer.write(prediction.model.text)
        writer.write(prediction.instrument.name)
        writer.write(prediction.timeframe.rawValue)
        writer.write(prediction.openTime)
        writer.write(prediction.role.rawValue)
        writer.write(prediction.asOf)
        writer.write(prediction.featureSet.description)
        writer.write(prediction.probability)
        writer.write(prediction.signal)
        writer.write(prediction.confidence)
        writer.write(prediction.referencePrice)
        writer.write(prediction.volatility)
        writer.write(prediction.uncertainty)
        writer.write(prediction.quantiles.isEmpty ? nil : JSONText(json(prediction.quantiles)))
        writer.write(event.position)
        writer.write(event.trace)
    }

    static func read(_ row: Row) throws(StoreError) -> Message {
        .prediction(
            Prediction(
                model: Name(try row.value("model")), role: try row.name("role"), instrument: try row.instrument(),
                timeframe: try row.name("timeframe"), openTime: try row.value("open_time"),
                asOf: try row.value("as_of"), featureSet: try row.featureSet(),
                probability: try row.value("probability"), signal: try row.value("signal"),
                confidence: try row.value("confidence"), referencePrice: try row.value("reference_price"),
                volatility: try row.value("volatility"), uncertainty: try row.optional("uncertainty"),
                quantiles: try row.optional("quantiles").map(quantiles) ?? []))
    }

    /// One object a quantile: `horizon` in nanoseconds, `level`, `log_return`.
    ///
    /// Written by hand, as there is one a prediction.
    private static func json(_ quantiles: [Prediction.Quantile]) -> String {
        let parts = quantiles.map {
            #"{"horizon": \#($0.horizon), "level": \#($0.level), "log_return": \#($0.logReturn)}"#
        }
        return "[\(parts.joined(separator: ", "))]"
    }

    private static func quantiles(_ text: JSONText) throws(StoreError) -> [Prediction.Quantile] {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        do {
            return try decoder.decode([Prediction.Quantile].self, from: Data(text.rawValue.utf8))
        } catch {
            throw .value(column: "quantiles", reason: "no list of quantiles")
        }
    }
}

extension Row {
    func featureSet(_ column: String = "feature_set") throws(StoreError) -> FeatureSetID {
        let text: String = try value(column)
        guard let identifier = FeatureSetID(text) else {
            throw .value(column: column, reason: "\(text.prefix(64)) is no feature set")
        }
        return identifier
    }
}
