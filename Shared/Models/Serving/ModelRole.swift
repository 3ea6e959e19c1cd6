/// The aliases by which models are in force.
public enum ModelRole {
    /// The model that trades.
    public static let champion = "champion"
    /// The model that trades a share of the instruments in the champion's place.
    public static let canary = "canary"
    public static let challenger = "challenger"
    public static let shadow = "shadow"

    /// All that an operator may move; the last two are watched alone.
    public static let all = [champion, canary, challenger, shadow]
    /// For a person.
    public static var list: String { "\(all.dropLast().joined(separator: ", ")) or \(shadow)" }
}
