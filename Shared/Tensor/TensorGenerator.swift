internal import CTorch

/// A seeded source of random tensors; libtorch's global one is never used.
///
/// It draws on the device of the tensor that is drawn: one seed gives the same numbers on every processor, and others
/// on a card. Make one per draw from a number of the caller's own generator, so that the caller's state is the only
/// state.
public final class TensorGenerator {
    let handle: OpaquePointer

    public init(seed: UInt64) {
        var handle: OpaquePointer?
        let status = ctorch_generator_new(seed, &handle)
        guard status == 0, let handle else { preconditionFailure(String(cString: ctorch_last_error())) }
        self.handle = handle
    }

    deinit { ctorch_generator_free(handle) }
}
