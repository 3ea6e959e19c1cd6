internal import Schema

extension FeedBuilder {
    /// Takes rows; what is wrong with one becomes an anomaly of the next batch.
    public mutating func accept(_ rows: [CandleRow]) {
        for row in rows { accept(row) }
    }

    /// Takes lines that could not be read; each becomes an anomaly of the next batch.
    public mutating func accept(malformed rows: [MalformedRow]) {
        for row in rows {
            report(
                .malformed, instrument: row.instrument, row.timeframe, state.time ?? UnixNanos(0),
                "line \(row.line): \(row.reason)")
        }
    }

    private mutating func accept(_ row: CandleRow) {
        func refuse(_ kind: Anomaly.Kind, _ detail: String) {
            report(kind, instrument: row.instrument, row.timeframe, row.openTime ?? UnixNanos(0), detail)
        }
        guard let index = indices[row.instrument] else {
            return refuse(.unknownInstrument, "the feed was not asked for it")
        }
        guard row.timeframe == settings.base else {
            return refuse(.malformed, "\(row.timeframe.rawValue) where \(settings.base.rawValue) was expected")
        }
        guard let openTime = row.openTime else {
            return refuse(.malformed, "open time \(row.openMilliseconds) ms")
        }
        guard let candle = candle(of: row, settings.instruments[index], openTime) else { return }
        let coverage = state.tracks[index].coverage
        guard !coverage.contains(openTime) else { return refuse(.duplicate, "the feed has it") }
        if let time = state.time, candle.closeTime <= time { return refuse(.late, "the watermark is at \(time)") }
        if let last = coverage.last, openTime < last { return refuse(.outOfOrder, "the newest is of \(last)") }
        append(candle, to: index)
    }

    /// The row as a candle, repaired where a rule says so; `nil` where it is none.
    private mutating func candle(of row: CandleRow, _ instrument: Instrument, _ openTime: UnixNanos) -> Candle? {
        switch row.checked(as: instrument, openTime: openTime) {
        case .success(let candle): return candle
        case .failure(let flaw):
            report(flaw.kind, instrument: row.instrument, row.timeframe, openTime, flaw.detail)
            guard flaw.kind == .ohlcViolation, settings.quality.repair.has(.widenRange) else { return nil }
            return try? row.widened.checked(as: instrument, openTime: openTime).get()
        }
    }

    /// Takes a candle that is later than all before.
    private mutating func append(_ candle: Candle, to index: Int) {
        func report(_ kind: Anomaly.Kind, at time: UnixNanos? = nil, count: Int = 1, _ detail: String) {
            self.report(
                kind, instrument: candle.instrument.name, candle.timeframe, time ?? candle.openTime, count: count,
                detail)
        }
        let found = state.tracks[index].judge(candle, threshold: settings.quality.outlierScore)
        if let found {
            let isDropped = settings.quality.repair.has(.dropOutliers)
            report(
                .outlier, "log return \(found.logReturn), robust z-score \(found.score)\(isDropped ? "; dropped" : "")")
            guard !isDropped else { return }
        }
        if let gap = state.tracks[index].coverage.append(candle.openTime, timeframe: settings.base) {
            report(.gap, at: gap.from, count: gap.count, "\(gap.count) missing up to \(candle.openTime)")
        }
        if candle.volume == 0 { report(.zeroVolume, "no trades") }
        if candle.source == .repaired {
            report(.repaired, "\(RepairRules.Rule.widenRange.rawValue): high \(candle.high), low \(candle.low)")
        }
        state.tracks[index].pending.append(candle)
    }

    /// Puts flat candles where one is missing of those that close by `time`.
    mutating func fillGaps(upTo time: UnixNanos) {
        for index in state.tracks.indices {
            for run in state.tracks[index].fill(upTo: time, limit: settings.quality.repair.fillLimit) {
                report(
                    .repaired, instrument: run.first.instrument.name, run.first.timeframe, run.first.openTime,
                    count: run.count, "\(RepairRules.Rule.fillGaps.rawValue): flat at \(run.first.close)")
            }
        }
    }

    private mutating func report(
        _ kind: Anomaly.Kind, instrument: String, _ timeframe: Timeframe, _ time: UnixNanos, count: Int = 1,
        _ detail: String
    ) {
        state.anomalies.append(
            Anomaly(kind: kind, instrument: instrument, timeframe: timeframe, time: time, count: count, detail: detail))
    }
}
