// The tables of VADER's source: MIT License, Copyright (c) 2016 C.J. Hutto; see Lexicon/vader.LICENSE.txt.
extension SentimentLexicon {
    /// How much stronger a booster makes what follows it, and how much weaker a dampener.
    static let boost = 0.293

    static let boosters = words(
        """
        absolutely amazingly awfully completely considerable considerably decidedly deeply effing enormous enormously entirely
        especially exceptional exceptionally extreme extremely fabulously flipping flippin frackin fracking fricking frickin
        frigging friggin fully fuckin fucking fuggin fugging greatly hella highly hugely incredible incredibly intensely major
        majorly more most particularly purely quite really remarkably so substantially thoroughly total totally tremendous
        tremendously uber unbelievably unusually utter utterly very
        """)

    static let dampeners = words(
        """
        almost barely hardly kinda kindof kind-of less little marginal marginally occasional occasionally partly scarce scarcely
        slight slightly somewhat sorta sortof sort-of
        """)

    /// Dampeners of two words.
    static let dampeningPairs: Set = ["just enough", "kind of", "sort of"]

    static let negations = words(
        """
        aint arent cannot cant couldnt darent didnt doesnt ain't aren't can't couldn't daren't didn't doesn't dont hadnt hasnt
        havent isnt mightnt mustnt neither don't hadn't hasn't haven't isn't mightn't mustn't neednt needn't never none nope nor
        not nothing nowhere oughtnt shant shouldnt uhuh wasnt werent oughtn't shan't shouldn't uh-uh wasn't weren't without wont
        wouldnt won't wouldn't rarely seldom despite
        """)

    /// Phrases with a valence of their own.
    static let phrases = [
        "the shit": 3.0, "the bomb": 3, "bad ass": 1.5, "bus stop": 0, "yeah right": -2, "kiss of death": -1.5,
        "to die for": 3, "beating heart": 3.5,
    ]

    private static func words(_ text: String) -> [String] {
        text.split { $0 == " " || $0 == "\n" }.map(String.init)
    }
}
