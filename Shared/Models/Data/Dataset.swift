public import Features
internal import Foundation
internal import Learning
public import Market
public import Schema

/// Rows of features of several instruments, with what became of the price after each: what models learn from.
///
/// Rows are the vectors of one instrument after another, each in order of time; a window is a range of them, and costs
/// nothing. A sample is a row whose window is whole and whose label is known. Each sample knows the time that what is learned
/// of it looks at, by which splits keep it apart from others.
public struct Dataset: Sendable {
    /// A row that can be learned from, and what is to be said of it.
    public struct Sample: Sendable, Hashable {
        /// Of the matrix.
        public let row: Int
        /// Of ``instruments``.
        public let instrument: Int
        /// Of the instrument's candles.
        public let candle: Int
        /// The time that the label looks at.
        public let span: LabelSpan
        public fileprivate(set) var answer: Labelling.Answer
    }

    public let featureSet: FeatureSetID
    /// The features' names, in the order of a row.
    public let names: [String]
    /// Of the rows.
    public let timeframe: Timeframe
    /// The longer timeframes that features look at, rising.
    public let higher: [Timeframe]
    /// Sorted.
    public let instruments: [Instrument]
    /// Of each instrument, those that the rows' features saw.
    public let candles: [CandleColumns]
    /// Shape `[rows, features]`, row-major.
    public let rows: [Float]
    /// When each row was knowable.
    public let moments: [UnixNanos]
    /// By time, then instrument.
    public private(set) var samples: [Sample]
    /// Of each sample, the time that learning looks at: the label's, and as far ahead as the fit looks.
    public let spans: [LabelSpan]
    /// Rows of a sample's window.
    public let window: Int
    public let labelling: Labelling
    /// Of the candles.
    public let origins: DataOrigins
    /// Differs, almost surely, when anything that is learned from differs.
    private(set) var fingerprint: UInt64

    /// A dataset of candles, one series an instrument, and vectors in order of time, of which those of other feature sets
    /// and instruments are left out.
    ///
    /// A sample needs `window` rows, its own included; learning looks `horizon` bars ahead, beside the label.
    public init(
        candles: [CandleColumns], vectors: [FeatureVector], featureSet: FeatureSet, labelling: Labelling,
        origins: DataOrigins = DataOrigins(), window: Int = 1, horizon: Int = 0
    ) {
        let candles = candles.sorted { $0.instrument < $1.instrument }
        let byInstrument = Dictionary(grouping: vectors.filter { $0.featureSet == featureSet.id }, by: \.instrument)
        var (rows, moments, samples): ([Float], [UnixNanos], [Sample]) = ([], [], [])
        rows.reserveCapacity(vectors.count * featureSet.count)
        for (instrument, columns) in candles.enumerated() {
            precondition(columns.timeframe == featureSet.primary, "candles of the features' timeframe")
            let series = byInstrument[columns.instrument] ?? []
            let first = moments.count
            var places: [UnixNanos: Int] = [:]
            for vector in series {
                places[vector.openTime] = moments.count
                rows += vector.values.lazy.map { Float($0) }
                moments.append(vector.asOf)
            }
            let volatility = columns.openTimes.map { places[$0].map { series[$0 - first].volatility } }
            for label in labelling.labels(of: columns, volatility: volatility) {
                guard let row = places[columns.openTimes[label.row]], row - first + 1 >= window else { continue }
                samples.append(
                    Sample(
                        row: row, instrument: instrument, candle: label.row, span: label.span, answer: label.value))
            }
        }
        samples.sort { ($0.span.start, $0.instrument) < ($1.span.start, $1.instrument) }
        self.featureSet = featureSet.id
        names = featureSet.names
        (timeframe, higher) = (featureSet.primary, featureSet.higher)
        instruments = candles.map(\.instrument)
        let ahead = Int64(horizon) * featureSet.primary.nanoseconds
        spans = samples.map { sample in
            LabelSpan(start: sample.span.start, end: max(sample.span.end, sample.span.start.advanced(by: ahead)))
        }
        (self.candles, self.rows, self.moments, self.samples) = (candles, rows, moments, samples)
        (self.window, self.labelling, self.origins) = (window, labelling, origins)
        fingerprint = Self.fingerprint(featureSet.id, rows, samples, window)
    }

    /// The same rows with the answers dealt out anew: whoever still finds an edge flatters himself.
    public func shufflingAnswers(seed: UInt64) -> Dataset {
        var random = SplitMix64(seed: seed)
        var shuffled = self
        for (sample, other) in randomOrder(samples.count, using: &random).enumerated() {
            shuffled.samples[sample].answer = samples[other].answer
        }
        shuffled.fingerprint = Self.fingerprint(featureSet, rows, shuffled.samples, window)
        return shuffled
    }

    private static func fingerprint(
        _ featureSet: FeatureSetID, _ rows: [Float], _ samples: [Sample], _ window: Int
    ) -> UInt64 {
        var fingerprint = Fingerprint()
        fingerprint.add(featureSet.rawValue)
        fingerprint.add(UInt64(window))
        for value in rows { fingerprint.add(UInt64(value.bitPattern)) }
        for sample in samples {
            fingerprint.add(UInt64(sample.row))
            fingerprint.add(UInt64(bitPattern: sample.span.start.rawValue))
            fingerprint.add(UInt64(bitPattern: sample.span.end.rawValue))
            fingerprint.add(UInt64(sample.answer.label))
        }
        return fingerprint.value
    }
}

extension Dataset {
    public var columns: Int { names.count }
    /// Logits that the labels ask of a network: one for two classes.
    var outputs: Int { labelling.classes == 2 ? 1 : labelling.classes }

    /// When the oldest row of a sample's window was knowable.
    func windowStart(_ sample: Int) -> UnixNanos { moments[samples[sample].row - window + 1] }

    /// The samples' windows, as models get them, of `length` rows, which are at most ``window``.
    public func inputs(_ samples: some Sequence<Int>, length: Int? = nil) -> ModelInputs {
        let length = length ?? window
        precondition(length <= window, "windows are as long as the samples allow")
        var inputs = ModelInputs()
        for sample in samples {
            let (row, instrument) = (self.samples[sample].row, self.samples[sample].instrument)
            inputs.append(
                rows[(row - length + 1) * columns..<(row + 1) * columns], asOf: moments[row],
                instrument: instruments[instrument])
        }
        return inputs
    }

    /// Of a sample, the log returns from its row's close over 1, 2, … `steps` bars; `nil` where one of these is missing.
    func path(of sample: Int, steps: Int) -> [Float]? {
        let (row, candles) = (samples[sample].candle, candles[samples[sample].instrument])
        let end = row + steps
        guard end < candles.count,
            candles.openTimes[end] == candles.openTimes[row].advanced(by: Int64(steps) * timeframe.nanoseconds)
        else { return nil }
        return (row + 1...end).map { Float(log(candles.close[$0] / candles.close[row])) }
    }
}
