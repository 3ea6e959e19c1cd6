/// How far and whereto a price went, in five classes.
public enum MoveClass: Int, Codable, Sendable, CaseIterable {
    case strongDown, down, flat, up, strongUp
}

/// The simple returns that part the classes, as fractions.
///
/// A return that is exactly a bound belongs to the class nearer to ``MoveClass/flat``.
public struct MoveBounds: Codable, Sendable, Hashable {
    /// From here on, up or down, it is more than flat.
    public let weak: Double
    /// From here on it is strong; above ``weak``.
    public let strong: Double

    /// ±0.5 % and ±1.5 %.
    public static let standard = MoveBounds(weak: 0.005, strong: 0.015)

    public init(weak: Double, strong: Double) {
        precondition(weak > 0 && strong > weak && strong.isFinite, "bounds above zero that rise")
        (self.weak, self.strong) = (weak, strong)
    }

    /// The class of a simple return.
    public func moveClass(of change: Double) -> MoveClass {
        switch change {
        case strong.nextUp...: .strongUp
        case weak.nextUp...: .up
        case (-weak)...: .flat
        case (-strong)...: .down
        default: .strongDown
        }
    }
}
