internal import Models

/// What the fit of a version tells beside the weights: the result of its job, in JSON.
struct VersionFigures: Codable {
    /// `nil` in results of builds that did not measure it.
    let importance: ModelImportance?
}
