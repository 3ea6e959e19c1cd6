internal import Synchronization

extension SentimentScorer {
    /// The text that was scored last, with its score.
    private static let last = Mutex((text: "", compound: 0.0))

    /// The compound score of a headline by VADER's lexicon.
    ///
    /// Every instrument and timeframe is told of the same headline, one after the other, and it is scored for the first.
    static func compound(ofHeadline text: String) -> Double {
        last.withLock { last in
            // By bytes: texts that are equal to Unicode alone may have other scores.
            if !last.text.utf8.elementsEqual(text.utf8) { last = (text, vader.scores(of: text).compound) }
            return last.compound
        }
    }
}
