internal import Schema

/// The models in force, and who answers for which instrument.
///
/// The champion trades, except where the canary does: a share of the instruments, by their names and the version, so that
/// every shard and every run chooses the same. Whoever should trade and refuses has somebody to stand in: the champion for
/// the canary, and the version that was champion before for the champion.
struct ModelRoster: Sendable {
    /// What an alias means.
    struct Seat: Sendable, Equatable {
        let version: String
        /// Of the instruments, that it trades.
        let share: Double
    }

    /// All that a restart needs.
    struct State: Sendable, Equatable {
        var seats: [String: Seat] = [:]
        /// The version that was champion before.
        var former: String?
    }

    struct Loaded: Sendable {
        let artifact: ModelArtifact
        /// The version, as predictions carry it.
        let name: Name
        let model: any DirectionModel
    }

    private(set) var state = State()
    private var models: [String: Loaded] = [:]
    private let longestWindow: Int
    private let load: @Sendable (_ version: String) throws -> ModelArtifact

    /// - Parameters:
    ///   - longestWindow: Rows that a model may look at.
    ///   - load: Finds a model version; it throws when there is none.
    init(longestWindow: Int, load: @escaping @Sendable (_ version: String) throws -> ModelArtifact) {
        (self.longestWindow, self.load) = (longestWindow, load)
    }

    mutating func restore(_ state: State) throws {
        for version in Self.versions(state) { models[version] = try models[version] ?? makeReady(version) }
        self.state = state
        forgetOthers()
    }

    /// Puts a version in force; one that cannot be had, or cannot answer, leaves everything as it was.
    mutating func seat(_ version: String, as alias: String, share: Double) throws {
        models[version] = try models[version] ?? makeReady(version)
        if alias == ModelRole.champion, let champion = state.seats[alias]?.version, champion != version {
            state.former = champion
        }
        state.seats[alias] = Seat(version: version, share: share)
        forgetOthers()
    }

    /// Every version that is in force, once: the champion first, the others in the order of their aliases.
    var watched: [Loaded] {
        let aliases = state.seats.keys.sorted {
            ($0 != ModelRole.champion ? 1 : 0, $0) < ($1 != ModelRole.champion ? 1 : 0, $1)
        }
        return ready(aliases.compactMap { state.seats[$0]?.version })
    }

    /// Who trades an instrument, and those who stand in, one after the other.
    func line(for instrument: Instrument) -> [Loaded] {
        var versions: [String] = []
        if let canary = state.seats[ModelRole.canary], Self.trades(canary, instrument) {
            versions.append(canary.version)
        }
        if let champion = state.seats[ModelRole.champion]?.version {
            versions += [champion] + (state.former.map { [$0] } ?? [])
        }
        return ready(versions)
    }

    /// Whether an instrument is among the share.
    static func trades(_ seat: Seat, _ instrument: Instrument) -> Bool {
        var fingerprint = Fingerprint()
        fingerprint.add(bytes: "\(seat.version)/\(instrument.name)".utf8)
        // The upper bits of a product with an odd number depend on all lower ones, which FNV's own do not.
        let place = (fingerprint.value ^ fingerprint.value >> 32) &* 0x9E37_79B9_7F4A_7C15
        return Double(place >> 11) * 0x1p-53 < seat.share
    }

    /// Those of the versions that are in force, each once.
    private func ready(_ versions: [String]) -> [Loaded] {
        var known: Set<String> = []
        return versions.compactMap { known.insert($0).inserted ? models[$0] : nil }
    }

    private static func versions(_ state: State) -> Set<String> {
        Set(state.seats.values.map(\.version)).union(state.former.map { [$0] } ?? [])
    }

    private mutating func forgetOthers() {
        let versions = Self.versions(state)
        models = models.filter { versions.contains($0.key) }
    }

    /// Loads a version, and lets it answer once, so that the first bar waits for nothing.
    private func makeReady(_ version: String) throws -> Loaded {
        let artifact = try load(version)
        let model = try artifact.model()
        guard model.window <= longestWindow else {
            throw ServingError.window(version: version, rows: model.window, longest: longestWindow)
        }
        var nothing = ModelInputs()
        nothing.append(
            repeatElement(0, count: model.window * model.features), asOf: UnixNanos(0),
            instrument: Instrument("none.NONE-NONE"))
        let answer = try model.forecasts(of: nothing)
        guard answer.count == 1, answer[0].isSound else {
            throw ServingError.answer(version: version, forecasts: answer)
        }
        return Loaded(artifact: artifact, name: Name(artifact.version), model: model)
    }
}
