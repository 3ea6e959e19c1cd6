public import Schema

/// An event where it lies in its batch, lent to a stage for one call.
///
/// A stage looks at many events that it has no use for, and copying one costs as much as what a simple stage makes of it.
/// Only ``StageRunner`` makes one, while it holds the batch; it cannot be copied, and a stage that wants to keep something
/// of it takes that out.
public struct LentEvent: ~Copyable {
    @usableFromInline let place: UnsafePointer<Event>

    @inlinable init(at place: UnsafePointer<Event>) { self.place = place }

    @inlinable public var position: FeedPosition { place.pointee.position }
    @inlinable public var trace: FeedPosition { place.pointee.trace }
    @inlinable public var message: Message { place.pointee.message }
}
