internal import Bus
internal import Logging
internal import Market
internal import Schema
internal import ServiceKit

/// The sources that the settings name: the one in use, and those that take its place while the feed has not begun.
struct SourceChain {
    private let ingestor: Ingestor
    private let bus: ServiceBus
    /// Where the stored feed ends.
    private let beginning: LiveQueue.Beginning
    private(set) var kind: Settings.Source
    private var source: any FeedSource = NoSource()
    /// The source in use, if it is one that has a socket to be polled.
    private(set) var synthetic: SyntheticSource?
    private var passedOver: [String] = []

    private var settings: Settings { ingestor.settings }

    /// Opens the first source that has data.
    ///
    /// - Parameters:
    ///   - ingestor: whose settings name the sources.
    ///   - bus: connects to the synthetic-generator.
    ///   - beginning: where the stored feed ends.
    ///   - begun: the source that the feed began with; it stays, if it is still wanted.
    /// - Throws: What keeps the last source from being opened.
    init(_ ingestor: Ingestor, _ bus: ServiceBus, behind beginning: LiveQueue.Beginning, begun: Settings.Source?) throws
    {
        self.ingestor = ingestor
        self.bus = bus
        self.beginning = beginning
        let sources = ingestor.settings.sources
        kind = begun.flatMap { sources.contains($0) ? $0 : nil } ?? sources[0]
        try open()
    }

    /// What the source in use is, for a person, and why it is not the one before.
    var detail: String {
        passedOver.isEmpty ? source.detail : "\(source.detail) (\(passedOver.joined(separator: "; ")))"
    }

    /// What the source in use has.
    mutating func next() throws -> SourceAnswer { try source.next() }

    /// Opens the next source of the list that has data, since the one in use has nothing.
    ///
    /// - Throws: A ``Schema/SettingError`` when there is none, or the feed has begun: one feed has one source.
    mutating func passOver(_ reason: String) throws {
        guard try takeNext(reason) else { throw SettingError("no source has data: \(kind.rawValue): \(reason)") }
        try open()
    }

    private mutating func open() throws {
        while true {
            do { return try open(kind) } catch let error as MarketError {
                guard try takeNext("\(error)") else { throw error }
            }
        }
    }

    private mutating func open(_ kind: Settings.Source) throws {
        let behind = beginning.behind
        switch kind {
        case .file:
            guard let folder = settings.folder else { throw MarketError.file(path: "source.folder", reason: "not set") }
            source = try RecordedSource(
                folder: folder, market: settings.market, from: settings.from, to: settings.to, behind: behind)
        case .synthetic:
            let made = try SyntheticSource(context: ingestor.context, bus: bus, behind: behind, to: settings.to)
            synthetic = made
            source = made
        case .exchange:
            guard let queue = ingestor.queue else { throw SettingError("no follower for the exchange") }
            queue.start(beginning)
            source = VenueSource(
                queue: queue, detail: settings.venueDetail, to: settings.to,
                patience: behind == nil && kind != settings.sources.last ? settings.reach : nil)
        }
    }

    private mutating func takeNext(_ reason: String) throws -> Bool {
        guard beginning.behind == nil, let index = settings.sources.firstIndex(of: kind),
            index + 1 < settings.sources.count
        else { return false }
        passedOver.append("\(kind.rawValue): \(reason)")
        kind = settings.sources[index + 1]
        ingestor.context.logger.warning(
            "the source has nothing, another takes its place",
            metadata: ["source.error": "\(reason)", "source.kind": "\(kind.rawValue)"])
        return true
    }
}
