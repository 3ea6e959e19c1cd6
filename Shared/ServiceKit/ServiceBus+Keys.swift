public import Bus
internal import Logging

extension ServiceBus {
    /// Follows the key folder: lets in whom the lists name now, cuts off whom they name no longer, and finds a source
    /// that has taken up another of the keys that count as its own.
    ///
    /// To be called about once a second. A source sends a heartbeat ten times a second; one that has been silent since the
    /// last call is tried with the next of its keys. What is missed meanwhile is asked for as after any loss. A folder that
    /// cannot be read changes nothing, and is told once.
    public func refreshKeys() throws(BusError) {
        guard let security else { return }
        do throws(BusError) {
            let change = try security.reload()
            if change != .none {
                context.logger.notice(
                    "keys changed", metadata: ["bus.allowed": "\(security.authenticator.allowedKeys.count)"])
            }
            var accepted: [[CurvePublicKey]] = []
            for source in followed { accepted.append(try security.accepted(of: source.service)) }
            isKeyTroubleTold = false
            if change == .fewer { try publisher.reopen() }
            for (index, keys) in accepted.enumerated() { try follow(index, keys) }
        } catch {
            switch error {
            case .key, .file:
                guard !isKeyTroubleTold else { return }
                isKeyTroubleTold = true
                context.logger.error(
                    "keys cannot be read, and stay as they were", metadata: ["bus.error": "\(error.debugDescription)"])
                context.health.note(error: "keys cannot be read: \(error.debugDescription)")
            default: throw error
            }
        }
    }

    private func follow(_ index: Int, _ keys: [CurvePublicKey]) throws(BusError) {
        let subscriber = followed[index].subscriber
        let isSilent = subscriber.received == followed[index].heard
        followed[index].heard = subscriber.received
        if try subscriber.accept(keys, next: isSilent) {
            context.logger.info("source tried with another key", metadata: ["bus.source": "\(followed[index].service)"])
        }
    }
}
