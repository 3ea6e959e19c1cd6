public import Learning

/// What shapes a network.
public protocol NetworkConfiguration: Codable, Sendable, Equatable {
    /// The same network, small enough to be tried out in minutes.
    var quick: Self { get }

    /// Refuses numbers outside their range.
    func check() throws(LearningError)
}

/// A network that its configuration describes to the last tensor.
public protocol Network: CompositeLayer {
    associatedtype Configuration: NetworkConfiguration

    /// The name under which files know the kind of network.
    static var kind: String { get }

    var configuration: Configuration { get }

    /// A network with random parameters; the same for the same generator.
    ///
    /// - Throws: ``LearningError/configuration(_:)`` when a number is outside its range.
    init(_ configuration: Configuration, using random: inout some RandomNumberGenerator) throws
}

extension LearningError {
    /// Throws ``configuration(_:)`` with the rule unless it holds.
    static func require(_ holds: Bool, _ rule: @autoclosure () -> String) throws(LearningError) {
        guard holds else { throw .configuration(rule()) }
    }

    /// Refuses a list of names that is empty or has one twice.
    static func requireNames(_ names: [String], _ what: String, mayBeEmpty: Bool = false) throws(LearningError) {
        try require(
            (mayBeEmpty || !names.isEmpty) && Set(names).count == names.count, "\(what) must be there, and different")
    }

    /// Refuses a share of dropout outside 0 ..< 1.
    static func requireDropout(_ share: Double) throws(LearningError) {
        try require(share >= 0 && share < 1, "dropout must be in [0, 1)")
    }

    /// Refuses a width that the heads cannot share evenly.
    static func requireHeads(_ heads: Int, width: Int) throws(LearningError) {
        try require((1...8192).contains(width), "width must be in 1...8192")
        try require(heads > 0 && width.isMultiple(of: heads), "width must be a multiple of heads")
    }
}
