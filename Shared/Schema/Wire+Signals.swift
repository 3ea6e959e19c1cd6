extension FeatureVector {
    init(wire: Tidegate_V1_FeatureVector) throws(SchemaError) {
        self.init(
            instrument: try Instrument(parsing: wire.instrument), timeframe: try Timeframe(wire: wire.timeframe),
            openTime: UnixNanos(wire.openTimeNs), asOf: UnixNanos(wire.asOfNs),
            featureSet: FeatureSetID(wire.featureSet), referencePrice: wire.referencePrice,
            volatility: wire.volatility, values: wire.values)
    }

    var wire: Tidegate_V1_FeatureVector {
        var wire = Tidegate_V1_FeatureVector()
        wire.instrument = instrument.name
        wire.timeframe = timeframe.wire
        wire.openTimeNs = openTime.rawValue
        wire.asOfNs = asOf.rawValue
        wire.featureSet = featureSet.rawValue
        wire.referencePrice = referencePrice
        wire.volatility = volatility
        wire.values = values
        return wire
    }
}

extension Prediction {
    init(wire: Tidegate_V1_Prediction) throws(SchemaError) {
        self.init(
            model: Name(wire.model), role: try Role(wire: wire.role),
            instrument: try Instrument(parsing: wire.instrument),
            timeframe: try Timeframe(wire: wire.timeframe), openTime: UnixNanos(wire.openTimeNs),
            asOf: UnixNanos(wire.asOfNs), featureSet: FeatureSetID(wire.featureSet), probability: wire.probability,
            signal: wire.signal, confidence: wire.confidence, referencePrice: wire.referencePrice,
            volatility: wire.volatility, uncertainty: wire.hasUncertainty ? wire.uncertainty : nil,
            quantiles: wire.quantiles.map {
                Quantile(horizon: $0.horizonNs, level: $0.level, logReturn: $0.logReturn)
            })
    }

    var wire: Tidegate_V1_Prediction {
        var wire = Tidegate_V1_Prediction()
        wire.model = model.text
        wire.role = role.wire
        wire.instrument = instrument.name
        wire.timeframe = timeframe.wire
        wire.openTimeNs = openTime.rawValue
        wire.asOfNs = asOf.rawValue
        wire.featureSet = featureSet.rawValue
        wire.probability = probability
        wire.signal = signal
        wire.confidence = confidence
        wire.referencePrice = referencePrice
        wire.volatility = volatility
        if let uncertainty { wire.uncertainty = uncertainty }
        wire.quantiles = quantiles.map { quantile in
            var wire = Tidegate_V1_Prediction.Quantile()
            wire.horizonNs = quantile.horizon
            wire.level = quantile.level
            wire.logReturn = quantile.logReturn
            return wire
        }
        return wire
    }
}

extension Decision {
    init(wire: Tidegate_V1_Decision) throws(SchemaError) {
        let (model, instrument) = (Name(wire.model), try Instrument(parsing: wire.instrument))
        self.init(
            model: model, instrument: instrument,
            openTime: try Self.openTime(ofID: wire.id, model: model, instrument: instrument),
            time: UnixNanos(wire.timeNs), state: try TradingState(wire: wire.state),
            action: try Action(wire: wire.action), targetQuantity: try Decimal12(parsing: wire.targetQuantity),
            orderQuantity: try Decimal12(parsing: wire.orderQuantity),
            verdicts: wire.verdicts.map {
                Verdict(rule: Name($0.rule), passed: $0.passed, value: $0.value, limit: $0.limit)
            })
    }

    var wire: Tidegate_V1_Decision {
        var wire = Tidegate_V1_Decision()
        wire.id = id
        wire.model = model.text
        wire.instrument = instrument.name
        wire.timeNs = time.rawValue
        wire.state = state.wire
        wire.action = action.wire
        wire.targetQuantity = targetQuantity.description
        wire.orderQuantity = orderQuantity.description
        wire.verdicts = verdicts.map { verdict in
            var wire = Tidegate_V1_Decision.Verdict()
            wire.rule = verdict.rule.text
            wire.passed = verdict.passed
            wire.value = verdict.value
            wire.limit = verdict.limit
            return wire
        }
        return wire
    }
}

extension Metric {
    init(wire: Tidegate_V1_Metric) {
        self.init(name: wire.name, label: wire.label, time: UnixNanos(wire.timeNs), value: wire.value)
    }

    var wire: Tidegate_V1_Metric {
        var wire = Tidegate_V1_Metric()
        wire.name = name
        wire.label = label
        wire.timeNs = time.rawValue
        wire.value = value
        return wire
    }
}
