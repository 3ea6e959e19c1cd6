/// A text as its words, and the marks that stress it.
struct SentimentText {
    /// A word, and what the lexicon knows of it.
    struct Word {
        /// In lower case, without the punctuation around it; that of an emoticon is left.
        let text: String
        /// Whether its letters are capitals.
        let isShouted: Bool
        let meaning: SentimentLexicon.Meaning
    }

    /// Words beyond these are not looked at, so that a text of whatever length takes little time.
    static let mostWords = 2000

    let words: [Word]
    /// Whether some words are shouted and others are not: where all are, none is stressed.
    let isPartlyShouted: Bool
    let exclamationMarks: Int
    let questionMarks: Int

    init(_ text: String, lexicon: SentimentLexicon) {
        let text = lexicon.namingEmoji(in: text)
        words = text.unicodeScalars.split(maxSplits: Self.mostWords, whereSeparator: Self.isSpace)
            .prefix(Self.mostWords).map { Word($0, lexicon: lexicon) }
        let shouted = words.count(where: \.isShouted)
        isPartlyShouted = shouted > 0 && shouted < words.count
        exclamationMarks = text.utf8.count { $0 == UInt8(ascii: "!") }
        questionMarks = text.utf8.count { $0 == UInt8(ascii: "?") }
    }

    /// What separates words in Python: Unicode's white space, and the four separators of ASCII.
    private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
        guard !scalar.isASCII else {
            return scalar == " " || (0x09...0x0D).contains(scalar.value) || (0x1C...0x1F).contains(scalar.value)
        }
        return scalar.properties.isWhitespace
    }
}

extension SentimentText.Word {
    fileprivate init(_ token: Substring.UnicodeScalarView, lexicon: SentimentLexicon) {
        let scalars = Self.withoutPunctuation(token)
        var text = String.UnicodeScalarView()
        var (isASCII, hasCapitals, hasSmall) = (true, false, false)
        for scalar in scalars {
            if scalar.isASCII {
                let isCapital = (0x41...0x5A).contains(scalar.value)
                if isCapital { hasCapitals = true } else if (0x61...0x7A).contains(scalar.value) { hasSmall = true }
                text.append(isCapital ? Unicode.Scalar(UInt8(scalar.value + 0x20)) : scalar)
            } else {
                let properties = scalar.properties
                if properties.isUppercase { hasCapitals = true }
                if properties.isLowercase || properties.generalCategory == .titlecaseLetter { hasSmall = true }
                let lowerCase = properties.lowercaseMapping.unicodeScalars
                // That of the Kelvin sign is a "k".
                isASCII = isASCII && lowerCase.allSatisfy(\.isASCII)
                text.append(contentsOf: lowerCase)
            }
        }
        self.text = String(text)
        isShouted = hasCapitals && !hasSmall
        meaning = lexicon.meaning(of: self.text, isASCII: isASCII)
    }

    /// The token without punctuation at its ends, or the token itself if no more than two code points were left: then it is
    /// an emoticon.
    private static func withoutPunctuation(_ token: Substring.UnicodeScalarView) -> Substring.UnicodeScalarView {
        var bare = token
        while let first = bare.first, isPunctuation(first) { bare.removeFirst() }
        while let last = bare.last, isPunctuation(last) { bare.removeLast() }
        return bare.dropFirst(2).isEmpty ? token : bare
    }

    /// Of ASCII alone.
    private static func isPunctuation(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E: true
        default: false
        }
    }
}
