/// The larger of two numbers that are numbers.
///
/// Unlike `max`, it is one instruction without a branch, which counts where either may be the larger at random.
@inline(__always)
func larger(_ first: Double, _ second: Double) -> Double { first > second ? first : second }

/// The smaller of two numbers that are numbers, in the same manner.
@inline(__always)
func smaller(_ first: Double, _ second: Double) -> Double { first < second ? first : second }
