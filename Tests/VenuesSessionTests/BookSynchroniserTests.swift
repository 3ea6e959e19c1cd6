import Market
import Schema
import Testing
import Venues

@Suite("Book synchroniser")
struct BookSynchroniserTests {
    private let instrument = Instrument("binance.BTC-USDT")

    private func level(_ price: Double, _ quantity: Double) throws -> BookLevel {
        try BookLevel(price: price, quantity: quantity)
    }

    /// A snapshot that holds everything up to `sequence`.
    private func snapshot(_ sequence: UInt64?, checksum: DepthChecksum? = nil) throws -> DepthSnapshot {
        DepthSnapshot(
            instrument: instrument, bids: [try level(100, 1)], asks: [try level(101, 1)], sequence: sequence,
            checksum: checksum, eventTime: UnixNanos(0), receiveTime: UnixNanos(0))
    }

    /// An update that sets the quantity at 100 to its own last number.
    private func update(
        _ first: UInt64?, _ last: UInt64?, previous: UInt64? = nil, checksum: DepthChecksum? = nil
    ) throws -> DepthUpdate {
        DepthUpdate(
            instrument: instrument, bids: [try level(100, Double(last ?? 7))], asks: [], firstSequence: first,
            lastSequence: last, previousSequence: previous, checksum: checksum, eventTime: UnixNanos(0),
            receiveTime: UnixNanos(0))
    }

    private func synchroniser(
        _ continuity: DepthRules.Continuity, _ snapshot: DepthRules.Snapshot = .requested
    ) -> BookSynchroniser {
        BookSynchroniser(
            instrument: instrument, rules: DepthRules(snapshot: snapshot, continuity: continuity, levels: nil))
    }

    @Test("Updates that came before the snapshot are applied after it, except those that it holds")
    func keptUpdates() throws {
        var book = synchroniser(.ranges)
        for (first, last) in [(5, 7), (8, 10), (11, 12)] as [(UInt64, UInt64)] {
            #expect(book.take(try update(first, last)) == .kept)
        }
        #expect(!book.isWhole)
        #expect(book.take(try snapshot(9)) == .applied)
        #expect(book.isWhole && book.book.bestBid?.quantity == 12)
        #expect(book.take(try update(13, 13)) == .applied)
    }

    @Test("A snapshot older than the updates at hand is not enough, and a newer one is")
    func oldSnapshot() throws {
        var book = synchroniser(.ranges)
        _ = book.take(try update(20, 22))
        #expect(book.take(try snapshot(18)) == .gap)
        #expect(!book.isWhole)
        #expect(book.take(try snapshot(19)) == .applied)
        #expect(book.book.bestBid?.quantity == 22)
    }

    @Test("Ranges: what overlaps applies, what is old is stale, what leaves a hole is a gap")
    func ranges() throws {
        var book = synchroniser(.ranges)
        _ = book.take(try snapshot(10))
        #expect(book.take(try update(9, 10)) == .stale)
        #expect(book.take(try update(10, 12)) == .applied)
        #expect(book.take(try update(12, 12)) == .stale)
        #expect(book.take(try update(14, 15)) == .gap)
        #expect(!book.isWhole)
        // The update that showed the gap is kept, so a snapshot of its predecessor is enough.
        #expect(book.take(try snapshot(13)) == .applied)
        #expect(book.book.bestBid?.quantity == 15)
    }

    @Test("Links: the first update holds the snapshot's number, the next ones name their predecessor")
    func links() throws {
        var book = synchroniser(.linked)
        _ = book.take(try snapshot(10))
        #expect(book.take(try update(7, 9, previous: 5)) == .stale)
        #expect(book.take(try update(8, 12, previous: 6)) == .applied)
        #expect(book.take(try update(8, 12, previous: 6)) == .stale)
        // Numbers of another book lie between: only the link counts.
        #expect(book.take(try update(20, 25, previous: 12)) == .applied)
        #expect(book.take(try update(30, 31, previous: 28)) == .gap)
    }

    @Test("Links: a first update that begins behind the snapshot is a gap, unless it names it")
    func firstLink() throws {
        var book = synchroniser(.linked)
        _ = book.take(try snapshot(10))
        #expect(book.take(try update(11, 12, previous: 10)) == .applied)
        _ = book.take(try snapshot(20))
        #expect(book.take(try update(22, 23, previous: 21)) == .gap)
    }

    @Test("A hole among the kept updates is found when the snapshot comes")
    func holeAmongKept() throws {
        var book = synchroniser(.ranges)
        _ = book.take(try update(5, 6))
        _ = book.take(try update(8, 9))
        #expect(book.take(try snapshot(5)) == .gap)
        #expect(book.take(try snapshot(7)) == .applied)
        #expect(book.book.bestBid?.quantity == 9)
    }

    @Test("An older snapshot does not undo a book that has gone on")
    func staleSnapshot() throws {
        var book = synchroniser(.ranges)
        _ = book.take(try snapshot(10))
        _ = book.take(try update(11, 15))
        #expect(book.take(try snapshot(12)) == .stale)
        #expect(book.book.bestBid?.quantity == 15)
    }

    @Test("A book without the checksum that the venue states has lost an update")
    func checksum() throws {
        var book = synchroniser(.checksum, .streamed)
        var right = OrderBook(instrument: instrument)
        right.replace(bids: [try level(100, 1)], asks: [try level(101, 1)])
        func stated() -> DepthChecksum {
            DepthChecksum(
                value: right.checksum(pricePlaces: 1, quantityPlaces: 8), pricePlaces: 1, quantityPlaces: 8)
        }
        #expect(book.take(try snapshot(nil, checksum: stated())) == .applied)
        right.apply(bids: [try level(100, 7)], asks: [])
        #expect(book.take(try update(nil, nil, checksum: stated())) == .applied)
        right.apply(bids: [try level(99, 1)], asks: [])
        #expect(book.take(try update(nil, nil, checksum: stated())) == .gap)
        // Until the stream brings a snapshot, its updates say nothing.
        #expect(book.take(try update(nil, nil)) == .stale)
    }

    @Test("A loss elsewhere makes the book wait for a snapshot")
    func lossElsewhere() throws {
        var book = synchroniser(.connection, .streamed)
        _ = book.take(try snapshot(nil))
        #expect(book.take(try update(nil, nil)) == .applied)
        book.lose()
        #expect(!book.isWhole)
        #expect(book.take(try update(nil, nil)) == .stale)
        #expect(book.take(try snapshot(nil)) == .applied)
    }

    @Test("For any losses, a book that is called whole equals the venue's", arguments: 0..<60 as Range<UInt64>)
    func wholeIsRight(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var (truth, book) = (OrderBook(instrument: instrument), synchroniser(.ranges))
        var (gaps, whole) = (0, 0)
        for number in 1...400 as ClosedRange<UInt64> {
            let change = try level(Double(Int.random(in: 90...99, using: &random)), Double(number % 5))
            truth.apply(bids: [change], asks: [])
            let update = DepthUpdate(
                instrument: instrument, bids: [change], asks: [], firstSequence: number, lastSequence: number,
                eventTime: UnixNanos(0), receiveTime: UnixNanos(0))
            if Int.random(in: 0..<20, using: &random) > 0, book.take(update) == .gap { gaps += 1 }
            if !book.isWhole, Int.random(in: 0..<8, using: &random) == 0 {
                let levels = truth.best(.max)
                _ = book.take(
                    DepthSnapshot(
                        instrument: instrument, bids: levels.bids, asks: levels.asks, sequence: number,
                        eventTime: UnixNanos(0), receiveTime: UnixNanos(0)))
            }
            // A loss shows with the next update, so only a book that has this very one is compared.
            guard book.isWhole, book.lastSequence == number else { continue }
            whole += 1
            #expect(book.book == truth)
        }
        #expect(gaps > 0 && whole > 100)
    }
}
