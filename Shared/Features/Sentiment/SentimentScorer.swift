/// Scores how texts sound, by a lexicon of rated words and the rules by which they work on each other.
///
/// Hutto and Gilbert, "VADER: A Parsimonious Rule-based Model for Sentiment Analysis of Social Media Text", ICWSM 2014. The
/// numbers are those of the Python package vaderSentiment 3.3.2 before it rounds them, with all its peculiarities, which
/// are part of what was validated; see `Lexicon/vader.NOTICE.txt`. It knows English, and no words of trade beyond it.
public struct SentimentScorer: Sendable {
    public static let vader = SentimentScorer(lexicon: .vader)

    /// What capitals add to a word that others around it do not have.
    private static let stress = 0.733
    /// What a negation makes of what it turns round.
    private static let reversal = -0.74
    /// What a booster has left at a distance of one, two and three words.
    private static let reach = [1, 0.95, 0.9]

    private let lexicon: SentimentLexicon

    /// Scores a text, of whose words it looks at the first 2,000.
    public func scores(of text: String) -> SentimentScores {
        let text = SentimentText(text, lexicon: lexicon)
        guard !text.words.isEmpty else { return SentimentScores(negative: 0, neutral: 0, positive: 0, compound: 0) }
        var valences = text.words.indices.map { valence(of: $0, in: text) }
        Self.weighBut(text.words, &valences)
        return Self.scores(of: valences, emphasis: Self.emphasis(of: text))
    }

    // MARK: Words

    /// What a word says where it stands.
    private func valence(of place: Int, in text: SentimentText) -> Double {
        let words = text.words
        let word = words[place]
        if word.meaning.boost != nil { return 0 }
        guard let rated = word.meaning.valence else { return 0 }
        let next = place + 1 < words.count ? words[place + 1] : nil
        if word.text == "kind", next?.text == "of" { return 0 }
        // "no" before a rated word negates that one, and says nothing itself.
        var valence = word.text == "no" && next?.meaning.valence != nil ? 0 : rated
        if Self.isDenied(place, words) { valence = rated * Self.reversal }
        if word.isShouted, text.isPartlyShouted { valence += valence > 0 ? Self.stress : -Self.stress }
        for distance in 0..<min(3, place) {
            let before = words[place - 1 - distance]
            guard before.meaning.valence == nil else { continue }
            valence += Self.boost(of: before, on: valence, text.isPartlyShouted) * Self.reach[distance]
            valence = Self.negated(valence, by: distance, of: place, words)
            if distance == 2 { valence = Self.phrased(valence, at: place, words) }
        }
        return Self.isLeast(place, words) ? valence * Self.reversal : valence
    }

    private static func isDenied(_ place: Int, _ words: [SentimentText.Word]) -> Bool {
        if place > 0, words[place - 1].text == "no" { return true }
        if place > 1, words[place - 2].text == "no" { return true }
        return place > 2 && words[place - 3].text == "no" && ["or", "nor"].contains(words[place - 1].text)
    }

    /// What a booster or dampener adds to a valence that follows it.
    private static func boost(of word: SentimentText.Word, on valence: Double, _ isPartlyShouted: Bool) -> Double {
        guard var boost = word.meaning.boost else { return 0 }
        if valence < 0 { boost = -boost }
        if word.isShouted, isPartlyShouted { boost += valence > 0 ? stress : -stress }
        return boost
    }

    /// The valence after the word `distance` + 1 before it has turned it round, if that does.
    private static func negated(
        _ valence: Double, by distance: Int, of place: Int, _ words: [SentimentText.Word]
    ) -> Double {
        let negation = words[place - 1 - distance]
        /// Whether a word nearer than the negation is one of two.
        func isNear(_ age: Int, _ first: String, _ second: String) -> Bool {
            let text = words[place - age].text
            return text == first || text == second
        }
        switch distance {
        case 1:
            if negation.text == "never", isNear(1, "so", "this") { return valence * 1.25 }
            if negation.text == "without", isNear(1, "doubt", "doubt") { return valence }
        case 2:
            // The nearest word counts whether or not "never" is there: so it is in the original.
            if negation.text == "never" && isNear(2, "so", "this") || isNear(1, "so", "this") { return valence * 1.25 }
            if negation.text == "without", isNear(2, "doubt", "doubt") || isNear(1, "doubt", "doubt") { return valence }
        default: break
        }
        return negation.meaning.isNegation ? valence * reversal : valence
    }

    /// The valence of the phrase that a word is part of, or follows, if it is.
    private static func phrased(_ valence: Double, at place: Int, _ words: [SentimentText.Word]) -> Double {
        func phrase(_ places: ClosedRange<Int>) -> String { words[places].map(\.text).joined(separator: " ") }
        let (pair, triple) = (phrase(place - 2...place - 1), phrase(place - 3...place - 1))
        let earlier = phrase(place - 3...place - 2)
        let known = SentimentLexicon.phrases
        var valence =
            known[phrase(place - 1...place)] ?? known[phrase(place - 2...place)] ?? known[pair] ?? known[triple]
            ?? known[earlier] ?? valence
        if place + 1 < words.count, let following = known[phrase(place...place + 1)] { valence = following }
        if place + 2 < words.count, let following = known[phrase(place...place + 2)] { valence = following }
        for phrase in [triple, earlier, pair] where SentimentLexicon.dampeningPairs.contains(phrase) {
            valence -= SentimentLexicon.boost
        }
        return valence
    }

    /// Whether "least", but not "at least" or "very least", stands before a word.
    private static func isLeast(_ place: Int, _ words: [SentimentText.Word]) -> Bool {
        guard place > 0, words[place - 1].text == "least" else { return false }
        return place == 1 || !["at", "very"].contains(words[place - 2].text)
    }

    // MARK: The whole

    /// Halves what stands before the first "but", and gives what follows half as much again.
    ///
    /// As the original does it: of equal valences it is always the first that is weighed, so that some are weighed twice and
    /// others not at all.
    private static func weighBut(_ words: [SentimentText.Word], _ valences: inout [Double]) {
        guard let but = words.firstIndex(where: { $0.text == "but" }) else { return }
        for place in valences.indices {
            // It is found: at `place`, if not before.
            let first = valences.firstIndex(of: valences[place])!
            if first < but { valences[first] *= 0.5 } else if first > but { valences[first] *= 1.5 }
        }
    }

    /// What exclamation and question marks add.
    private static func emphasis(of text: SentimentText) -> Double {
        let questions =
            switch text.questionMarks {
            case ...1: 0.0
            case 2...3: Double(text.questionMarks) * 0.18
            default: 0.96
            }
        return Double(min(text.exclamationMarks, 4)) * 0.292 + questions
    }

    private static func scores(of valences: [Double], emphasis: Double) -> SentimentScores {
        var sum = valences.reduce(0, +)
        if sum > 0 { sum += emphasis } else if sum < 0 { sum -= emphasis }
        // A rated word counts one more than its valence, as a neutral one counts one.
        var positive = valences.reduce(0) { $1 > 0 ? $0 + ($1 + 1) : $0 }
        var negative = valences.reduce(0) { $1 < 0 ? $0 + (1 - $1) : $0 }
        if positive > negative { positive += emphasis } else if positive < negative { negative += emphasis }
        let neutral = Double(valences.count { $0 == 0 })
        let total = positive + negative + neutral
        return SentimentScores(
            negative: negative / total, neutral: neutral / total, positive: positive / total,
            // The 15 is about the largest sum that is expected.
            compound: sum / (sum * sum + 15).squareRoot())
    }
}
