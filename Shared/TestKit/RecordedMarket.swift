public import Schema

/// What a venue sent once, step by step, and what it would have answered at any time in between, in its own dialect.
public protocol RecordedMarket: Sendable {
    /// Messages, or groups of them, that came one after the other.
    var stepCount: Int { get }

    /// What the venue's clock showed after so many steps.
    func time(after steps: Int) -> UnixNanos

    /// Answers a request by REST as it would have been answered after so many steps.
    func answer(_ request: FakeVenue.Request, after steps: Int) -> FakeVenue.Reply

    /// Begins to talk with a client that connected to a path and query.
    func conversation(target: String) -> any RecordedConversation
}

/// What one connection of a ``RecordedMarket`` has come to: the subscriptions, and numbers that count its messages.
public protocol RecordedConversation: Sendable {
    /// Takes a text of the client, which came after so many steps, and says what to answer.
    mutating func hear(_ text: String, after steps: Int) -> [String]

    /// What the client is sent of a step.
    mutating func tell(_ step: Int) -> [String]
}
