import Features
import Foundation
import Market
import Schema
import TestKit
import Testing

@Suite("Sentiment of texts")
struct SentimentTests {
    /// A text, and the scores that VADER gives it before it rounds them: negative, neutral, positive, compound.
    private struct Reference: Decodable {
        let text: String
        let scores: [Double]
    }

    private func scores(of text: String) -> [Double] {
        let scores = SentimentScorer.vader.scores(of: text)
        return [scores.negative, scores.neutral, scores.positive, scores.compound]
    }

    @Test("Every score is that of VADER itself, before it rounds")
    func golden() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/sentiment.json")
        let references = try JSONDecoder().decode([Reference].self, from: Data(contentsOf: file))
        #expect(references.count == 430 && references.count { $0.scores[3] != 0 } > 300)
        var worst = 0.0
        for reference in references {
            for (score, expected) in zip(scores(of: reference.text), reference.scores) {
                #expect(abs(score - expected) < 1e-12, "\(reference.text)")
                worst = max(worst, abs(score - expected))
            }
        }
        print("sentiment: \(references.count) texts, worst error \(worst)")
    }

    @Test("Of a text of any length the first 2,000 words are read, marks of all of it")
    func long() {
        let words = (0..<4000).map { ["good", "but", "bad", "the", "very"][$0 % 5] }
        let read = words.prefix(2000).joined(separator: " ")
        #expect(scores(of: words.joined(separator: " ")) == scores(of: read))
        #expect(scores(of: words.prefix(1999).joined(separator: " ")) != scores(of: read))
        #expect(scores(of: String(repeating: "x ", count: 2000) + "good") == [0, 1, 0, 0])
        #expect(scores(of: String(repeating: "x ", count: 1999) + "good")[3] > 0.4)
    }

    /// The counts are VADER's own, with its authors' bound of 0.05.
    @Test(
        "Real headlines have scores within their bounds, as many of them good and bad as VADER finds",
        .enabled(if: SharedData.folder != nil || SharedData.required),
        arguments: [
            ("cryptonews_2021_2022", HeadlineLayout.news, 7524, 28, 2244, 1762),
            ("crypto_headlines_2024", .headlines, 355, 0, 113, 68),
            ("ethereum_tweets_2014_2022", .tweets, 1880, 0, 786, 382),
        ])
    func real(name: String, layout: HeadlineLayout, count: Int, empty: Int, good: Int, bad: Int) throws {
        let folder = try #require(SharedData.folder)
        let file = try GzipFile(path: folder.appendingPathComponent("data/sentiment/\(name).csv.gz").path)
        let found = try layout.headlines(in: file).map { SentimentScorer.vader.scores(of: $0.text) }
        #expect(found.count == count)
        let isBounded = found.allSatisfy { scores in
            let shares = [scores.negative, scores.neutral, scores.positive]
            let sum = shares.reduce(0, +)
            return shares.allSatisfy { $0 >= 0 && $0 <= 1 } && abs(scores.compound) < 1
                && (sum == 0 || abs(sum - 1) < 1e-12)
        }
        #expect(isBounded)
        #expect(found.count { $0.neutral + $0.positive + $0.negative == 0 } == empty)
        #expect(found.count { $0.compound >= 0.05 } == good)
        #expect(found.count { $0.compound <= -0.05 } == bad)
    }
}
