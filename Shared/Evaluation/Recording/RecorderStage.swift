public import Pipeline
public import Schema

/// The metrics recorder: joins what was predicted with what came, and tells how the account does.
///
/// Inputs as in ``Topology``: 0 risk gate, 1 executor, 2 inference server, 3 ingestor. It emits `.metric`s at watermarks:
///
/// | name | label | |
/// | --- | --- | --- |
/// | `accuracy_50`, `accuracy_150` | model, `model/instrument`, `all` | share of the last calls that named the direction |
/// | `brier_150` | the same | mean square error of the last probabilities |
/// | `equity` | `all` | in quote currency |
/// | `drawdown` | `all` | loss since the highest equity as a fraction, 0…1 |
/// | `gross_exposure` | `all` | value of all positions without sign, as a fraction of equity |
/// | `exposure` | instrument | value of the position with its sign, as a fraction of equity |
/// | `…_total` | `all` | what was counted since the beginning, when it has changed |
///
/// A prediction says whether the next close of its timeframe lies above its own. It is scored by any candle of the
/// instrument that closes at that moment, of whatever timeframe; when the feed has none, it is counted as unscored. The
/// label `all` has the champion's predictions alone; a window's value comes with the window full, not before.
public struct RecorderStage: Stage {
    /// A prediction whose outcome is not known yet.
    fileprivate struct Pending: Codable, Sendable, Equatable {
        let model: Name
        let isChampion: Bool
        let instrument: Instrument
        /// The close that it speaks of.
        let due: UnixNanos
        let probability: Double
        let price: Double
    }

    fileprivate struct Count: Codable, Sendable, Equatable {
        let name: String
        var value = 0
        var isChanged = false
    }

    public struct State: Codable, Sendable, Equatable {
        fileprivate var pending: [Pending] = []
        /// In order of their labels.
        fileprivate var scores: [RollingScores] = []
        /// In order of their names.
        fileprivate var counts: [Count] = []
        fileprivate var account: Account?
        fileprivate var peak = 0.0
    }

    public private(set) var state = State()
    /// Of the batch at hand.
    private var candles: [Candle] = []

    public init() {}

    public mutating func restore(_ state: State) {
        self.state = state
        candles.removeAll()
    }

    public mutating func process(_ event: borrowing LentEvent, from input: Int, into outbox: inout Outbox) {
        switch (input, event.message) {
        case (0, .decision(let decision)):
            state.count("decisions_total")
            if decision.action == .hold { state.count("holds_total") }
        case (0, .order): state.count("orders_total")
        case (1, .fill): state.count("fills_total")
        case (1, .orderEvent(let event)):
            if event.state == .rejected { state.count("rejections_total") }
        case (1, .account(let account)): state.account = account
        case (2, .prediction(let prediction)):
            state.count("predictions_total")
            state.await(prediction)
        case (3, .candle(let candle)): candles.append(candle)
        case (3, .anomaly): state.count("anomalies_total")
        default: break
        }
    }

    public mutating func close(_ watermark: Watermark, into outbox: inout Outbox) {
        state.score(candles)
        candles.removeAll(keepingCapacity: true)
        func emit(_ name: String, _ label: String, _ value: Double) {
            outbox.emit(.metric(Metric(name: name, label: label, time: watermark.time, value: value)))
        }
        for index in state.scores.indices where state.scores[index].isChanged {
            let scores = state.scores[index]
            if let value = scores.accuracy(50) { emit("accuracy_50", scores.label, value) }
            if let value = scores.accuracy(150) { emit("accuracy_150", scores.label, value) }
            if let value = scores.brier(150) { emit("brier_150", scores.label, value) }
            state.scores[index].isChanged = false
        }
        for index in state.counts.indices where state.counts[index].isChanged {
            emit(state.counts[index].name, "all", Double(state.counts[index].value))
            state.counts[index].isChanged = false
        }
        guard let account = state.account else { return }
        state.account = nil
        let equity = account.equity.doubleValue
        state.peak = max(state.peak, equity)
        emit("equity", "all", equity)
        emit("drawdown", "all", state.peak > 0 ? max(0, 1 - equity / state.peak) : 0)
        guard equity > 0 else { return }
        var gross = 0.0
        for position in account.positions {
            let value = position.quantity.multiplied(by: position.markPrice).doubleValue
            gross += abs(value)
            emit("exposure", position.instrument.name, value / equity)
        }
        emit("gross_exposure", "all", gross / equity)
    }
}

extension RecorderStage.State {
    fileprivate mutating func count(_ name: String) {
        let index = counts.firstIndex { $0.name >= name } ?? counts.endIndex
        if index == counts.endIndex || counts[index].name != name {
            counts.insert(RecorderStage.Count(name: name), at: index)
        }
        counts[index].value += 1
        counts[index].isChanged = true
    }

    fileprivate mutating func await(_ prediction: Prediction) {
        let length = prediction.timeframe.nanoseconds
        let (due, overflow) = prediction.openTime.rawValue.addingReportingOverflow(2 * length)
        guard !overflow, (0...1).contains(prediction.probability), prediction.referencePrice.isFinite else {
            count("unscored_total")
            return
        }
        pending.append(
            RecorderStage.Pending(
                model: prediction.model, isChampion: prediction.role == .champion, instrument: prediction.instrument,
                due: UnixNanos(due), probability: prediction.probability, price: prediction.referencePrice))
    }

    /// Scores what speaks of a candle's close, candle by candle, and gives up what speaks of an earlier one.
    ///
    /// One pass over what waits, however many instruments there are.
    fileprivate mutating func score(_ candles: [Candle]) {
        guard !pending.isEmpty, !candles.isEmpty else { return }
        let places = Dictionary(grouping: candles.indices) { candles[$0].instrument }
        var kept: [RecorderStage.Pending] = []
        var matched: [[RecorderStage.Pending]] = Array(repeating: [], count: candles.count)
        for prediction in pending {
            let place = places[prediction.instrument]?.first { prediction.due <= candles[$0].closeTime }
            guard let place else {
                kept.append(prediction)
                continue
            }
            matched[place].append(prediction)
        }
        pending = kept
        for (candle, predictions) in zip(candles, matched) {
            for prediction in predictions { score(prediction, with: candle) }
        }
    }

    private mutating func score(_ prediction: RecorderStage.Pending, with candle: Candle) {
        guard prediction.due == candle.closeTime else { return count("unscored_total") }
        let isUp = candle.close > prediction.price
        for label in [prediction.model.text, "\(prediction.model)/\(prediction.instrument.name)"] {
            add(prediction.probability, isUp, to: label)
        }
        if prediction.isChampion { add(prediction.probability, isUp, to: "all") }
        count("scored_total")
    }

    private mutating func add(_ probability: Double, _ isUp: Bool, to label: String) {
        var (low, high) = (scores.startIndex, scores.endIndex)
        while low < high {
            let middle = (low + high) / 2
            if scores[middle].label < label { low = middle + 1 } else { high = middle }
        }
        if low == scores.endIndex || scores[low].label != label {
            scores.insert(RollingScores(label: label), at: low)
        }
        scores[low].add(probability: probability, isUp: isUp)
    }
}
