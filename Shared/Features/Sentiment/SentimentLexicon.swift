/// What single words say: how good or bad a thing is, how strongly, and what turns it round.
///
/// VADER's, for which see `Lexicon/vader.NOTICE.txt`: words of English and of the net, each rated by ten people.
struct SentimentLexicon: Sendable {
    /// What one word says.
    struct Meaning: Sendable, Equatable {
        /// From −4, most negative, to 4; `nil` where the word says neither.
        var valence: Double?
        /// What the word adds to the strength of those that follow it, less than 0 where it weakens them.
        var boost: Double?
        /// Whether it turns round what follows it.
        var isNegation = false
    }

    static let vader = SentimentLexicon()

    /// By word in lower case, of ASCII alone.
    ///
    /// Where valences, boosts and negations have words in common, they share an entry: a word is looked up once.
    private var meanings: [String: Meaning] = [:]
    private var emoji: [Unicode.Scalar: Substring] = [:]

    private init() {
        meanings.reserveCapacity(8192)
        for line in Self.vaderWords.split(separator: "\n") {
            let parts = line.split(separator: " ")
            // A line that the generator writes begins with a number.
            let valence = Double(parts[0])!
            for word in parts.dropFirst() { meanings[String(word), default: Meaning()].valence = valence }
        }
        for word in Self.boosters { meanings[word, default: Meaning()].boost = Self.boost }
        for word in Self.dampeners { meanings[word, default: Meaning()].boost = -Self.boost }
        for word in Self.negations { meanings[word, default: Meaning()].isNegation = true }
        for line in Self.vaderEmoji.split(separator: "\n") {
            // A code point, a space and its name.
            let symbol = line.unicodeScalars.first!
            emoji[symbol] = line[line.unicodeScalars.index(line.startIndex, offsetBy: 2)...]
        }
    }

    /// What a word says.
    ///
    /// - Parameters:
    ///   - word: In lower case.
    ///   - isASCII: Whether it is of ASCII alone; other words are not in the lexicon, and might be equal to one that is by
    ///     Unicode's rules.
    /// - Returns: Its meaning; of a word that is not there, nothing but whether it ends as `isn't` does.
    func meaning(of word: String, isASCII: Bool) -> Meaning {
        if isASCII, let meaning = meanings[word] {
            guard !meaning.isNegation, Self.isContraction(word) else { return meaning }
            return Meaning(valence: meaning.valence, boost: meaning.boost, isNegation: true)
        }
        return Meaning(isNegation: Self.isContraction(word))
    }

    /// The text with the names of emoji in their place, set apart from what stands before them.
    func namingEmoji(in text: String) -> String {
        guard text.unicodeScalars.contains(where: { !$0.isASCII && emoji[$0] != nil }) else { return text }
        var named = String.UnicodeScalarView()
        var isAfterSpace = true
        for scalar in text.unicodeScalars {
            if let name = emoji[scalar] {
                if !isAfterSpace { named.append(" ") }
                named.append(contentsOf: name.unicodeScalars)
                isAfterSpace = false
            } else {
                named.append(scalar)
                isAfterSpace = scalar == " "
            }
        }
        return String(named)
    }

    /// Whether `n't` is in a word.
    private static func isContraction(_ word: String) -> Bool {
        var before = (UInt8(0), UInt8(0))
        for byte in word.utf8 {
            if before == (UInt8(ascii: "n"), UInt8(ascii: "'")), byte == UInt8(ascii: "t") { return true }
            before = (before.1, byte)
        }
        return false
    }
}
