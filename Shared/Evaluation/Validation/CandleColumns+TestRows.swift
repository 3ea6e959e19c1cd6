public import Market
public import Models
internal import Schema

extension CandleColumns {
    /// What came true after each labelled row.
    ///
    /// A position is held to the next close that there is, over a hole too, since nobody could have left it there. The last
    /// return is zero for a row whose bar before is missing.
    ///
    /// - Parameters:
    ///   - labels: Of these candles.
    ///   - isUp: What a label says of the direction.
    /// - Returns: One a label, in their order.
    public func testRows<Value>(of labels: [Label<Value>], isUp: (Value) -> Bool) -> [TestRow] {
        labels.map { testRow($0.row, span: $0.span, isUp: isUp($0.value)) }
    }

    /// What came true after a row whose label is known, and is thus decided by a later bar.
    func testRow(_ row: Int, span: LabelSpan, isUp: Bool) -> TestRow {
        let isFollowing = row > 0 && openTimes[row - 1].advanced(by: timeframe.nanoseconds) == openTimes[row]
        return TestRow(
            instrument: instrument, span: span, isUp: isUp,
            lastReturn: isFollowing ? close[row] / close[row - 1] - 1 : 0, nextReturn: close[row + 1] / close[row] - 1,
            heldUntil: openTimes[row + 1].advanced(by: timeframe.nanoseconds))
    }
}

extension TestFold {
    /// The test rows of a split, with what its training rows say; `rows` are all samples that were split.
    ///
    /// - Throws: ``EvaluationError/tooFewSamples(_:scheme:)`` for a split without training or without test rows.
    public init(_ split: Split, of rows: [TestRow]) throws(EvaluationError) {
        guard !split.train.isEmpty, !split.test.isEmpty else {
            throw .tooFewSamples(rows.count, scheme: "a fold with rows to train on and to test")
        }
        let ups = split.train.count { rows[$0].isUp }
        self.init(
            rows: split.test.map { rows[$0] }, trainingRows: split.train.count,
            trainingUpShare: Double(ups) / Double(split.train.count))
    }
}
