internal import Schema

enum PredictionTable: EventTable {
    static let table = Table(
        "predictions", key: ["model", "instrument", "timeframe", "open_time"],
        columns: [
            "model", "instrument", "timeframe", "open_time", "role", "as_of", "feature_set", "probability", "signal",
            "confidence", "reference_price", "volatility", "position", "trace",
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
                volatility: try row.value("volatility")))
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
