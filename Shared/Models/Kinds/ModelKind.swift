/// A kind of model: how it is fitted, and how what was fitted predicts.
///
/// Adding one is a file with a type of this protocol, and its place in ``ModelCatalogue/standard``; CONTRIBUTING.md shows it
/// step by step. A fit is a value of bytes: the same task and settings always give the same ones, whether it was interrupted
/// or not, for one build on one kind of processor.
public protocol ModelKind: Sendable {
    associatedtype Settings: ModelSettings

    /// How commands, jobs and the registry call it, for example `xgboost`.
    static var name: String { get }
    /// What it is, in a few words, for the help of commands.
    static var summary: String { get }
    /// The file's ending of what was fitted, by which other programs know it.
    static var fileExtension: String { get }
    /// The settings where none are given.
    static var settings: Settings { get }
    /// Those of a rough model, to be tried out in minutes.
    static var quickSettings: Settings { get }

    /// Fits a model to the task's training samples; its validation samples may tell when to stop.
    ///
    /// - Parameters:
    ///   - task: The samples, the seed, and the number of threads.
    ///   - settings: Checked before.
    ///   - watch: Where a fit that was interrupted goes on, and who is told how far this one is.
    /// - Returns: What ``model(from:)`` reads.
    /// - Throws: What the watch throws, and the kind's own errors.
    static func fit(_ task: FittingTask, _ settings: Settings, _ watch: FittingWatch) throws -> [UInt8]

    /// The model, ready to predict.
    ///
    /// - Throws: When the bytes are anything else than ``fit(_:_:_:)`` gave.
    static func model(from bytes: [UInt8]) throws -> any DirectionModel
}

extension ModelKind {
    public static var fileExtension: String { "safetensors" }
}
