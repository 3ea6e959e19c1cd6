/// What was built.
public enum Build {
    /// The version, as `tidegate --version` prints it.
    public static let version = "0.1.0"
}
