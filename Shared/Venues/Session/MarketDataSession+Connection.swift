internal import HTTP
internal import Market
internal import Schema

/// The life of the connection.
extension MarketDataSession {
    /// Begins; what came since the trades that the consumer has is missing.
    mutating func start() {
        for stream in streams where stream.channel == .trades {
            guard let last = trades[stream.instrument]?.last else { continue }
            standings[stream]?.lastTime = last.trade.eventTime
            announceGap(stream)
        }
        connect()
    }

    mutating func connect() {
        phase = .connecting
        actions.append(.connect)
    }

    mutating func connected() {
        statistics.connections += 1
        lastMessageNumber = nil
        (refusedStreams, toldRefused) = ([], [])
        phase = .subscribing(remaining: connection.replies)
        let rules = feed.connectionRules
        alarms[.acknowledgement] = now.elapsed + Self.acknowledgementTimeout
        alarms[.silence] = now.elapsed + rules.maximumSilence
        if let ping = rules.ping { alarms[.ping] = now.elapsed + ping.interval }
        if let age = rules.maximumAge { alarms[.age] = now.elapsed + age }
        actions.append(.send(connection.subscriptions))
    }

    /// All subscriptions stand: what was missed before can be asked for now, and nothing falls between.
    mutating func becomeLive() {
        phase = .live(since: now.elapsed)
        alarms[.acknowledgement] = nil
        if alarms[.clock] == nil { alarms[.clock] = now.elapsed }
        if let since = downSince {
            downSince = nil
            let outage = now.elapsed - since
            statistics.lastReconnect = outage
            statistics.longestReconnect = max(outage, statistics.longestReconnect ?? .zero)
        }
        for stream in streams { recover(stream) }
    }

    /// A subscription was answered.
    mutating func acknowledged() {
        guard case .subscribing(let remaining) = phase, remaining > 0 else { return }
        phase = .subscribing(remaining: remaining - 1)
        if remaining == 1 { becomeLive() }
    }

    /// Closes the connection, to begin anew after a pause.
    mutating func giveUp() {
        guard phase != .closing, phase != .resting, phase != .connecting else { return }
        endLife()
        phase = .closing
        for alarm in [Alarm.acknowledgement, .silence, .ping, .age] { alarms[alarm] = nil }
        actions.append(.disconnect)
    }

    /// A connection that has lasted is no failure: the next one need not wait.
    private mutating func endLife() {
        if case .live(let since) = phase, now.elapsed - since >= policy.cap { failures = 0 }
    }

    mutating func disconnected(_ error: WebSocketError) {
        if phase == .connecting { statistics.failedConnections += 1 }
        endLife()
        lastQuotes = [:]
        phase = .resting
        downSince = downSince ?? now.elapsed
        alarms = alarms.filter { $0.key == .clock }
        for stream in streams { lose(stream) }
        var rest = policy.delay(attempt: failures, using: &random)
        if case .notUpgraded(_, let retryAfter?) = error { rest += retryAfter }
        failures += 1
        alarms[.reconnect] = now.elapsed + rest
    }

    /// Does what is due.
    mutating func ring() {
        let due = alarms.filter { $0.value <= now.elapsed }
        for alarm in due.keys { alarms[alarm] = nil }
        // In a fixed order, so that equal histories give equal actions.
        if due[.acknowledgement] != nil || due[.silence] != nil || due[.age] != nil { giveUp() }
        if due[.ping] != nil, let ping = feed.connectionRules.ping, phase != .closing {
            actions.append(.send([ping.frame]))
            alarms[.ping] = now.elapsed + ping.interval
        }
        if due[.reconnect] != nil { connect() }
        if due[.clock] != nil {
            request(.serverTime)
            alarms[.clock] = now.elapsed + Self.clockInterval
        }
        for stream in streams where due[.retry(stream)] != nil {
            if refusedStreams.contains(stream) { askAgain(stream) } else { recover(stream) }
        }
    }
}
