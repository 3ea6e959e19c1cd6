internal import Foundation
internal import Market
internal import Pipeline
internal import Schema

/// What the ingestor keeps with every append to the feed log, in the same transaction.
///
/// What older states lack is optional, so that they can still be read.
struct IngestorState: Codable {
    let builder: FeedBuilder.State
    let sequencer: Sequencer
    /// The source that the feed began with.
    var source: Settings.Source?
    var live: LiveProgress?

    func encoded() throws -> [UInt8] {
        let encoder = PropertyListEncoder()
        encoder.outputFormat = .binary
        return [UInt8](try encoder.encode(self))
    }

    init(builder: FeedBuilder.State, sequencer: Sequencer, source: Settings.Source?, live: LiveProgress?) {
        self.builder = builder
        self.sequencer = sequencer
        self.source = source
        self.live = live
    }

    init(decoding bytes: [UInt8]) throws {
        self = try PropertyListDecoder().decode(Self.self, from: Data(bytes))
    }
}

/// How far the feed is with what comes between candles, so that venues can be asked for what follows.
struct LiveProgress: Codable {
    private(set) var trades: [Instrument: NumberedTrade] = [:]
    /// The time of the newest value.
    private(set) var sides: [SideSeries: UnixNanos] = [:]

    /// Takes note of what a step brings.
    mutating func take(_ step: FeedStep) {
        for trade in step.newestTrades { trades[trade.trade.instrument] = trade }
        for case .side(let value) in step.events {
            let series = SideSeries(instrument: value.instrument, series: value.series)
            sides[series] = max(sides[series] ?? value.time, value.time)
        }
    }
}
