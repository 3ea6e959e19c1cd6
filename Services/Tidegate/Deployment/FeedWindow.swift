internal import ArgumentParser
internal import Foundation
internal import HTTP
internal import Market
internal import Schema
internal import ServiceKit
internal import Venues

/// Which data a deployment is fed with: recorded files → the venues → the project's own synthetic feed.
///
/// It always says which.
struct FeedWindow: Sendable {
    enum Source: String, Sendable { case file, exchange, synthetic }

    let source: Source
    /// For people: the folder, the address, the generator, and why it was not the one before in the chain.
    let detail: String
    let from: UnixNanos?
    let to: UnixNanos?
    let folder: String?

    /// Finds the first source of the chain that has data.
    static func find(
        market: MarketSettings, data: String?, from: UnixNanos?, to: UnixNanos?, bars: Int
    ) async throws -> FeedWindow {
        var reasons: [String] = []
        if let data {
            do {
                return try recorded(market, data, from, to)
            } catch let error as MarketError {
                throw CommandFailure("\(data) has no recorded candles for the feed: \(error)")
            }
        }
        reasons.append("no --data")
        do {
            let addresses = try await probe(market)
            let start = WallClock.now.advanced(by: -Int64(bars) * market.base.nanoseconds)
            return FeedWindow(
                source: .exchange, detail: "\(addresses) (\(reasons.joined(separator: ", ")))",
                from: from ?? market.base.openTime(containing: start), to: to, folder: nil)
        } catch let silent as SilentVenue {
            reasons.append(silent.description)
        }
        let start = UnixNanos(seconds: 1_672_531_200)
        return FeedWindow(
            source: .synthetic, detail: "synthetic-generator (\(reasons.joined(separator: ", ")))", from: start,
            to: start.advanced(by: Int64(bars) * market.base.nanoseconds), folder: nil)
    }

    /// Why a venue is no source.
    private struct SilentVenue: Error, CustomStringConvertible {
        let description: String
    }

    /// Asks every venue of the market for its newest candles.
    ///
    /// - Returns: Their addresses.
    private static func probe(_ market: MarketSettings) async throws -> String {
        var addresses: [String] = []
        let now = WallClock.now
        for instrument in Dictionary(grouping: market.instruments, by: \.venue).values.compactMap(\.first).sorted() {
            guard let venue = Venue(of: instrument) else {
                throw SilentVenue(description: "\(instrument.venue) is no venue that we know")
            }
            let marketData = venue.marketData(
                transport: try CurlClient(), timeouts: HTTPRequest.Timeouts(connect: .seconds(3), total: .seconds(5)),
                clock: ContinuousClock(), random: SplitMix64(seed: WallClock.drawRun()))
            do {
                let back = now.advanced(by: -3 * market.base.nanoseconds)
                var candles = 0
                for try await page in try marketData.candles(instrument, market.base, from: back, to: now, asOf: now) {
                    candles += page.candles.count
                }
                guard candles > 0 else { throw SilentVenue(description: "\(venue.address) has no candles") }
            } catch is VenueError {
                throw SilentVenue(description: "\(venue.address) does not answer")
            }
            addresses.append(venue.address)
        }
        return addresses.joined(separator: ", ")
    }

    /// The window of recorded candles, with its ends found where they were not given.
    private static func recorded(
        _ market: MarketSettings, _ folder: String, _ from: UnixNanos?, _ to: UnixNanos?
    ) throws -> FeedWindow {
        var candles = try RecordedFolder(folder).candles(
            of: market.instruments, timeframe: market.base, from: from, to: to)
        var (first, last): (UnixNanos?, UnixNanos?) = (nil, nil)
        while let step = try candles.next() {
            first = first ?? step.closeTime.advanced(by: -market.base.nanoseconds)
            last = step.closeTime
        }
        guard let first, let last else { throw CommandFailure("\(folder) has no candles between --from and --to") }
        return FeedWindow(source: .file, detail: folder, from: first, to: last, folder: folder)
    }

    /// The moment before which the first model is trained.
    func split(share: Double, market: MarketSettings) -> UnixNanos? {
        guard let from, let to else { return nil }
        let span = Double(to.rawValue - from.rawValue) * share
        return market.base.openTime(containing: from.advanced(by: Int64(span)))
    }

    /// Setting keys and values of the ingestor, up to a moment.
    func ingestor(to end: UnixNanos?, speed: String, bars: Int) -> [String: String] {
        var settings = ["source.kind": source.rawValue, "source.speed": speed]
        settings["source.from"] = from?.description
        settings["source.to"] = end?.description
        settings["source.folder"] = folder
        if source == .exchange { settings["source.history"] = "\(bars)" }
        return settings
    }
}
