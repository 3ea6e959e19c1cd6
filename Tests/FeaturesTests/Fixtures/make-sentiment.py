#!/usr/bin/env python3
"""Writes sentiment.json beside it: texts, and how VADER itself scores them, before it rounds.

  python3 -m venv V && V/bin/pip install vaderSentiment==3.3.2 && V/bin/python Tests/FeaturesTests/Fixtures/make-sentiment.py

The first texts are the examples in VADER's own source (MIT License, Copyright (c) 2016 C.J. Hutto), the next ones are ours, and the
rest are put together by chance from words of its tables, so that every rule meets every other.
"""

import json
import os
import random

from vaderSentiment import vaderSentiment as vader

EXAMPLES = """\
VADER is smart, handsome, and funny.
VADER is smart, handsome, and funny!
VADER is very smart, handsome, and funny.
VADER is VERY SMART, handsome, and FUNNY.
VADER is VERY SMART, handsome, and FUNNY!!!
VADER is VERY SMART, uber handsome, and FRIGGIN FUNNY!!!
VADER is not smart, handsome, nor funny.
The book was good.
At least it isn't a horrible book.
The book was only kind of good.
The plot was good, but the characters are uncompelling and the dialog is not great.
Today SUX!
Today only kinda sux! But I'll get by, lol
Make sure you :) or :D today!
Catch utf-8 emoji such as 💘 and 💋 and 😁
Not bad at all
Sentiment analysis has never been good.
Sentiment analysis has never been this good!
Most automated sentiment analysis tools are shit.
With VADER, sentiment analysis is the shit!
Other sentiment analysis tools can be quite bad.
On the other hand, VADER is quite bad ass
VADER is such a badass!
Without a doubt, excellent idea.
Roger Dodger is one of the most compelling variations on this theme.
Roger Dodger is at least compelling as a variation on the theme.
Roger Dodger is one of the least compelling variations on this theme.
Not such a badass after all.
Without a doubt, an excellent idea."""

OURS = """\
Bitcoin gains five percent as fears of a ban fade
Exchange hacked, customers lose millions
EXCHANGE HACKED, CUSTOMERS LOSE MILLIONS
Exchange HACKED, customers lose millions
Exchange hacked, customers lose millions!!!!!!
Is the rally dead? Is it??
Is the rally dead????
The upgrade is a success, but fees are terrible
The upgrade is terrible but the community is happy, hopeful and very excited
but the market recovers
Traders are happy but
no gains, no losses
No problem
no no good
There is no great risk
There is no or bad news
no bad nor good news
no pain or gain
The least good of all coins
least good
It is at least good
the very least helpful answer
Regulators do not approve
Regulators don't approve of it
Regulators wouldn't ever really approve
It has never so clearly won
It was never this bad
It was never before so good
so truly very good
this truly very good
without doubt good
without a doubt good
without any real doubt good
without it good
a sort of nice day
it is a kind of really nice day
kind
kind of
kind people
KIND of good
just enough good will
the market is just enough of a success
He waited for the bus stop patiently, happily and well
this coin is to die for
the love of it is to die for honestly
a beating heart of gold, brave and kind
a real kiss of death for winners everywhere
yeah right, great success
we all say yeah right good
my very own the bomb winner
You are the bomb love
bad ass coin
such a BAD ass coin
an EXTREMELY good coin
an EXTREMELY bad coin
EXTREMELY GOOD
a barely good coin
a BARELY good coin
a hardly, barely, somewhat good coin
a good, good, good coin
a good, good, but good coin
not good but not bad but great
incredible incredibly incredible
(good) "great" 'fine' *nice* #happy @sad $win
good... great?! fine; nice:
:) :( :-) ;-) :D =) <3 </3 :'( xD
x
!
?
??
a  b\tgood\u00a0bad\u2003fine\u2028sad
good\x1cbad\x1ffine
CAN'T lose
can't stand losses
ain't nothing bad
xn't good
can’t win
👍 great 👎
great👍news
👍🏽❤️🚀🌙
the 😀! 😡?
İSTANBUL İs good
ΣΊΣΥΦΟΣ good ΛΎΠΗ
ǅ is GOOD
STRASSE straße good
\u212aill \u212aILL KILL
GOOD\u0345 good
;) \u037e)
goo\u0301d good\u0301
Ⓐ ⅷ ª GOOD good
1ST is GOOD
123 good 123
ＧＯＯＤ good
\u200bgood good\ufe0f
$: 187 182 4q
profit-taking, well-known, self-doubt
good-bad
---good---
- good -"""

ODD = ["x", "bitcoin", "the", "a", "İ", "Σ", "é", "can’t", "123", "---", "...", "$", "👍🏽", "\u212aill", "n't"]
LINKS = "no but least at very never so this without doubt kind of sort just enough nor or and the bomb bad ass bus stop yeah right"


def composed(count, seed):
    """Texts of words by chance."""
    analyzer, chance = vader.SentimentIntensityAnalyzer(), random.Random(seed)
    kinds = [
        (30, list(analyzer.lexicon)), (14, list(vader.BOOSTER_DICT)), (10, vader.NEGATE), (30, LINKS.split()),
        (4, ["to die for", "kiss of death", "beating heart", "the shit"]), (6, list(analyzer.emojis)), (6, ODD),
    ]
    for _ in range(count):
        words = []
        for _ in range(chance.randrange(2, 16)):
            word = chance.choice(chance.choices([kind for _, kind in kinds], [weight for weight, _ in kinds])[0])
            word = chance.choices([word, word.upper(), word.capitalize()], [80, 12, 8])[0]
            words.append(word + chance.choices(["", "!", "?", ",", "..."], [85, 5, 4, 4, 2])[0])
        yield " ".join(words)


def main():
    # Its scores before it rounds them.
    vader.round = lambda value, _: value
    analyzer = vader.SentimentIntensityAnalyzer()
    texts = ["", " "] + EXAMPLES.split("\n") + OURS.split("\n") + list(composed(300, seed=2014))
    rows = []
    for text in texts:
        scores = analyzer.polarity_scores(text)
        rows.append({"text": text, "scores": [scores[name] for name in ("neg", "neu", "pos", "compound")]})
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "sentiment.json")
    with open(path, "w", encoding="utf-8") as file:
        file.write("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n")
    print(f"{len(rows)} texts")


if __name__ == "__main__":
    main()
