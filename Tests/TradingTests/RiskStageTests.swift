import Pipeline
import Schema
import Testing
import Trading

/// A risk gate with what comes to it written out.
struct Gate {
    var runner: StageRunner<RiskStage>
    private var position: UInt64 = 0

    init(_ settings: RiskSettings = RiskSettings()) {
        runner = StageRunner(RiskStage(settings), inputs: Topology.inputs(of: Topology.riskGate))
    }

    /// One batch, closed at `moment(index)`.
    mutating func run(
        _ index: Int, _ fromExecutor: [Message] = [], control: TradingState? = nil, _ predictions: [Prediction]
    ) throws -> [Event] {
        func event(_ message: Message) -> Event {
            position += 1
            return Event(position: FeedPosition(position), message)
        }
        let executed = fromExecutor.map(event)
        var predicted = predictions.map { event(.prediction($0)) }
        if let control {
            predicted.insert(
                event(.control(Control(id: "c", change: .tradingStateChanged(control, reason: "")))), at: 0)
        }
        position += 1
        let watermark = Watermark(
            position: FeedPosition(position), previous: .start, time: moment(index))
        return try runner.run([executed, predicted], closing: watermark).filter { $0.message.kind != .control }
    }
}

func prediction(
    _ index: Int, _ instrument: Instrument = bitcoin, signal: Double, confidence: Double = 1, price: Double = 100,
    volatility: Double = 0.1, role: Prediction.Role = .champion, model: Name = "m"
) -> Prediction {
    Prediction(
        model: model, role: role, instrument: instrument, timeframe: .minute1, openTime: moment(index - 1),
        asOf: moment(index), featureSet: FeatureSetID(1), probability: 0.5, signal: signal, confidence: confidence,
        referencePrice: price, volatility: volatility)
}

/// An account of `moment(index)` that holds quantities marked at 100.
func account(_ index: Int, equity: Int = 100_000, _ quantities: [Instrument: Int] = [:]) -> Message {
    .account(
        Account(
            time: moment(index), cash: Decimal12(0), equity: Decimal12(equity),
            positions: quantities.sorted { $0.key < $1.key }.map {
                Account.Position(
                    instrument: $0.key, quantity: Decimal12($0.value), averagePrice: Decimal12(100),
                    markPrice: Decimal12(100), realised: .zero, fees: .zero)
            }))
}

extension [Event] {
    var decisions: [Decision] { compactMap { if case .decision(let decision) = $0.message { decision } else { nil } } }
    var orders: [Order] { compactMap { if case .order(let order) = $0.message { order } else { nil } } }
    /// The one order, as signed quantity.
    var signed: Decimal12? {
        guard orders.count == 1 else { return nil }
        return orders[0].side == .buy ? orders[0].quantity : -orders[0].quantity
    }
}

extension Decision {
    var failed: [String] { verdicts.filter { !$0.passed }.map(\.rule.text) }
}

@Suite("RiskStage")
struct RiskStageTests {
    @Test("A position is 2 % of equity by signal, confidence and calm, at most 5 %")
    func sizing() {
        let settings = RiskSettings()
        #expect(settings.fraction(signal: 2, confidence: 1, volatility: 0.1) == 0.02)
        #expect(settings.fraction(signal: -1, confidence: 0.5, volatility: 0.2) == -0.005)
        #expect(settings.fraction(signal: 2, confidence: 1, volatility: 0.8) == 0.005)
        #expect(settings.fraction(signal: 9, confidence: 9, volatility: 0) == 0.02, "signal and confidence have ends")
        #expect(settings.fraction(signal: 0, confidence: 1, volatility: 0.1) == 0)
        #expect(RiskSettings(baseFraction: 0.2).fraction(signal: 2, confidence: 1, volatility: 0.1) == 0.05)
        #expect(RiskSettings(allowsShort: false).fraction(signal: -2, confidence: 1, volatility: 0.1) == 0)
    }

    @Test("A prediction becomes a decision with every rule's verdict, and an order that names it")
    func decision() throws {
        var gate = Gate()
        let events = try gate.run(5, [account(5)], [prediction(5, signal: 2)])
        let decision = try #require(events.decisions.first)
        let order = try #require(events.orders.first)
        #expect(events.map(\.message.kind) == [.decision, .order])
        #expect(events.allSatisfy { $0.trace == FeedPosition(2) && $0.position == FeedPosition(3) })
        #expect(decision.id == "m/binance.BTC-USDT/\(moment(4).rawValue / 1_000_000_000)")
        #expect(decision.action == .buy && decision.state == .active && decision.time == moment(5))
        #expect(decision.targetQuantity == Decimal12(20) && decision.orderQuantity == Decimal12(20))
        #expect(decision.failed.isEmpty)
        #expect(decision.verdicts.map(\.rule) == RiskRule.allCases.map(\.name))
        #expect(order.decisionID == decision.id && order.side == .buy && order.quantity == Decimal12(20))
        #expect(order.kind == .market && order.time == moment(5) && !order.reduceOnly)
        #expect(order.clientID == StableHash.clientID(of: decision.id))
    }

    @Test("Without an account of this watermark nothing is ordered, nor without equity")
    func failClosed() throws {
        var gate = Gate()
        #expect(try gate.run(5, [], [prediction(5, signal: 2)]).decisions.map(\.failed) == [["equity-known"]])
        #expect(try gate.run(6, [account(6)], []).isEmpty)
        #expect(try gate.run(7, [], [prediction(7, signal: 2)]).decisions.map(\.failed) == [["equity-known"]])
        for equity in [0, -5] {
            let events = try gate.run(8, [account(8, equity: equity)], [prediction(8, signal: 2)])
            #expect(events.decisions.map(\.failed) == [["equity-known"]] && events.orders.isEmpty)
        }
        #expect(try gate.run(9, [account(9)], [prediction(9, signal: 2)]).orders.count == 1)
    }

    @Test("Stale predictions and broken numbers hold")
    func input() throws {
        var gate = Gate()
        let stale = try gate.run(6, [account(6)], [prediction(5, signal: 2)])
        #expect(stale.decisions.map(\.failed) == [["data-fresh"]] && stale.orders.isEmpty)
        for broken in [
            prediction(6, signal: .nan), prediction(6, signal: 2, confidence: .infinity),
            prediction(6, signal: 2, price: 0), prediction(6, signal: 2, price: 1e300),
            prediction(6, signal: 2, volatility: .nan), prediction(6, signal: 2, price: .nan),
        ] {
            let events = try gate.run(6, [account(6)], [broken])
            #expect(events.decisions.map(\.failed) == [["input"]] && events.orders.isEmpty)
            #expect(events.decisions[0].verdicts.allSatisfy { $0.value.isFinite && $0.limit.isFinite })
        }
    }

    @Test("Reducing only shrinks, halted does nothing, active goes on")
    func states() throws {
        var gate = Gate()
        let long = { (index: Int) in account(index, [bitcoin: 10]) }
        var events = try gate.run(1, [long(1)], control: .reducing, [prediction(1, signal: 2)])
        #expect(events.orders.isEmpty && events.decisions[0].failed.contains("trading-state"))
        #expect(events.decisions[0].state == .reducing)
        events = try gate.run(2, [long(2)], [prediction(2, signal: -2)])
        #expect(events.signed == Decimal12(-10), "a turn becomes a close")
        #expect(events.orders[0].reduceOnly)
        gate = Gate()
        events = try gate.run(3, [long(3)], control: .reducing, [prediction(3, signal: 0.5)])
        #expect(events.signed == Decimal12(-5), "a smaller position on the same side is allowed")
        gate = Gate()
        events = try gate.run(4, [long(4)], control: .halted, [prediction(4, signal: -2)])
        #expect(events.orders.isEmpty && events.decisions.map(\.state) == [.halted])
        events = try gate.run(5, [long(5)], control: .active, [prediction(5, signal: -2)])
        #expect(events.signed == Decimal12(-30))
    }

    @Test("A price too fine for exact money does not let a reducing gate grow a position")
    func reducingExactly() throws {
        // 1.4 × 10⁻¹² is 10⁻¹² in exact money, for which the wanted value buys more than is held.
        var gate = Gate(RiskSettings(noTradeBand: 0))
        let held = account(1, [bitcoin: 1_500_000_000_000_000])
        let events = try gate.run(1, [held], control: .reducing, [prediction(1, signal: 2, price: 1.4e-12)])
        #expect(events.decisions.count == 1 && events.orders.isEmpty)
    }

    @Test("From the daily loss on, positions only shrink until the next UTC day")
    func dailyLoss() throws {
        var gate = Gate()
        let dayBars = 1440
        #expect(moment(0).rawValue % 86_400_000_000_000 == 0)
        _ = try gate.run(1, [account(1)], [])
        var events = try gate.run(2, [account(2, equity: 95_001)], [prediction(2, signal: 2)])
        #expect(events.orders.count == 1, "just below the limit")
        gate = Gate()
        _ = try gate.run(1, [account(1)], [])
        events = try gate.run(2, [account(2, equity: 95_000, [bitcoin: 5])], [prediction(2, signal: 2)])
        #expect(events.orders.isEmpty && events.decisions[0].failed.contains("daily-loss"))
        events = try gate.run(3, [account(3, equity: 95_000, [bitcoin: 5])], [prediction(3, signal: -2)])
        #expect(events.signed == Decimal12(-5))
        gate = Gate()
        _ = try gate.run(1, [account(1)], [])
        _ = try gate.run(dayBars - 1, [account(dayBars - 1, equity: 95_000)], [])
        events = try gate.run(dayBars, [account(dayBars, equity: 94_000)], [prediction(dayBars, signal: 2)])
        #expect(events.orders.count == 1, "a new day")
    }

    @Test("The drawdown limit latches until an operator resumes")
    func drawdown() throws {
        var gate = Gate(RiskSettings(dailyLoss: 1))
        _ = try gate.run(1, [account(1, equity: 90_000)], [])
        _ = try gate.run(2, [account(2, equity: 100_000)], [])
        var events = try gate.run(3, [account(3, equity: 85_000)], [prediction(3, signal: 2)])
        #expect(events.orders.isEmpty && events.decisions[0].failed.contains("drawdown"))
        #expect(events.decisions[0].state == .reducing)
        events = try gate.run(4, [account(4, equity: 100_000)], [prediction(4, signal: 2)])
        #expect(events.orders.isEmpty, "though the loss is won back")
        #expect(gate.runner.stage.state.tradingState == .reducing)
        events = try gate.run(5, [account(5, equity: 80_000)], control: .active, [prediction(5, signal: 2)])
        #expect(events.orders.count == 1, "the peak counts from here")
        #expect(events.decisions[0].state == .active)
    }

    @Test("Exposure beyond a limit is cut to it, and held when nothing is left")
    func exposure() throws {
        var gate = Gate(RiskSettings(baseFraction: 0.05, symbolExposure: 0.01))
        var events = try gate.run(1, [account(1)], [prediction(1, signal: 2)])
        #expect(events.signed == Decimal12(10))
        #expect(events.decisions[0].failed == ["symbol-exposure"])
        #expect(events.decisions[0].verdicts.first { $0.rule == "symbol-exposure" }?.value == 0.05)

        gate = Gate(RiskSettings(baseFraction: 0.05, grossExposure: 0.06))
        events = try gate.run(
            1, [account(1)], [prediction(1, ether, signal: -2), prediction(1, bitcoin, signal: 2)])
        #expect(events.decisions.map(\.instrument) == [bitcoin, ether], "in instrument order, whoever came first")
        #expect(events.orders.map(\.quantity) == [Decimal12(50), Decimal12(10)])
        #expect(events.decisions.map(\.failed) == [[], ["gross-exposure"]])

        gate = Gate(RiskSettings(baseFraction: 0.05, grossExposure: 0.05))
        events = try gate.run(
            1, [account(1)], [prediction(1, ether, signal: -2), prediction(1, bitcoin, signal: 2)])
        #expect(events.orders.map(\.instrument) == [bitcoin])
        #expect(events.decisions.map(\.action) == [.buy, .hold])

        gate = Gate(RiskSettings(grossExposure: 0.05))
        events = try gate.run(1, [account(1, [ether: 60])], [prediction(1, signal: 2)])
        #expect(events.orders.isEmpty, "others hold more than the limit already")
    }

    @Test("While an order of the instrument is open there is no other; its end frees the way")
    func openOrder() throws {
        for end in [OrderEvent.State.filled, .rejected, .cancelled, .expired] {
            var gate = Gate()
            let order = try #require(try gate.run(1, [account(1)], [prediction(1, signal: 2)]).orders.first)
            func event(_ number: Int, _ state: OrderEvent.State, clientID: String) -> Message {
                .orderEvent(
                    OrderEvent(
                        clientID: clientID, instrument: bitcoin, number: number, state: state, filledQuantity: .one,
                        time: moment(2)))
            }
            let id = order.clientID
            var events = try gate.run(
                2, [event(1, .accepted, clientID: id), event(2, .partiallyFilled, clientID: id), account(2)],
                [prediction(2, signal: -2)])
            #expect(events.decisions.map(\.failed) == [["open-order"]])
            events = try gate.run(3, [event(1, end, clientID: "another"), account(3)], [prediction(3, signal: -2)])
            #expect(events.orders.isEmpty, "another order's end is not this one's")
            events = try gate.run(4, [event(3, end, clientID: id), account(4)], [prediction(4, signal: -2)])
            #expect(events.signed == Decimal12(-20))
        }
    }

    @Test("Open orders of other instruments count as exposure")
    func pendingExposure() throws {
        var gate = Gate(RiskSettings(baseFraction: 0.05, grossExposure: 0.05))
        #expect(try gate.run(1, [account(1)], [prediction(1, signal: 2)]).orders.count == 1)
        let events = try gate.run(2, [account(2)], [prediction(2, ether, signal: 2)])
        #expect(events.orders.isEmpty && events.decisions[0].failed.contains("gross-exposure"))
    }

    @Test("No more orders than the limit leave within an hour")
    func orderRate() throws {
        var gate = Gate(RiskSettings(ordersPerHour: 2))
        let instruments = ["A", "B", "C"].map { Instrument("x.\($0)-USD") }
        var events = try gate.run(0, [account(0)], instruments.map { prediction(0, $0, signal: 2) })
        #expect(events.orders.map(\.instrument) == Array(instruments[..<2]))
        #expect(events.decisions[2].failed == ["order-rate"])
        events = try gate.run(59, [account(59)], [prediction(59, instruments[2], signal: 2)])
        #expect(events.orders.isEmpty)
        events = try gate.run(60, [account(60)], [prediction(60, instruments[2], signal: 2)])
        #expect(events.orders.count == 1)
    }

    @Test("Small changes are not traded; closing and turning are")
    func noTradeBand() throws {
        func order(holding quantity: Int, signal: Double) throws -> Decimal12? {
            var gate = Gate()
            return try gate.run(1, [account(1, [bitcoin: quantity])], [prediction(1, signal: signal)]).signed
        }
        #expect(try order(holding: 16, signal: 2) == nil)
        #expect(try order(holding: 15, signal: 2) == Decimal12(5))
        #expect(try order(holding: 27, signal: 2) == Decimal12(-7))
        #expect(try order(holding: 26, signal: 2) == nil)
        #expect(try order(holding: 1, signal: 0) == Decimal12(-1))
        #expect(try order(holding: 20, signal: 2) == nil)
        #expect(try order(holding: -20, signal: 2) == Decimal12(40))
    }

    @Test("Orders below the venue's minimum and predictions below the least confidence hold; shadows are not asked")
    func small() throws {
        var gate = Gate(RiskSettings(minimumConfidence: 0.1))
        var events = try gate.run(1, [account(1, equity: 200)], [prediction(1, signal: 2)])
        #expect(events.decisions.map(\.failed) == [["minimum-order"]] && events.decisions[0].action == .hold)
        #expect(events.decisions[0].verdicts.last?.value == 4)
        events = try gate.run(2, [account(2)], [prediction(2, signal: 2, confidence: 0.09)])
        #expect(events.decisions.map(\.failed) == [["confidence"]])
        events = try gate.run(3, [account(3)], [prediction(3, signal: 2, role: .shadow)])
        #expect(events.isEmpty)
    }
}

@Suite("StableHash")
struct StableHashTests {
    @Test("It is FNV-1a with 128 bits")
    func vectors() {
        #expect(StableHash.fnv1a("") == 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d)
        #expect(StableHash.fnv1a("a") == 0xd228_cb69_6f1a_8caf_7891_2b70_4e4a_8964)
        #expect(StableHash.fnv1a("foobar") == 0x343e_1662_793c_64bf_6f0d_3597_ba44_6f18)
    }

    @Test("A client id is tg and the last 80 bits of the hash folded by 48, in 20 digits")
    func digits() {
        for text in ["", "a", "foobar", "m/binance.BTC-USDT/1700006400"] {
            let hash = StableHash.fnv1a(text)
            let folded = String((hash ^ (hash >> 48)) & ((1 << 80) - 1), radix: 16)
            #expect(StableHash.clientID(of: text) == "tg" + String(repeating: "0", count: 20 - folded.count) + folded)
        }
    }

    @Test("Client ids are tg and 20 letters and digits, and differ for decisions that differ")
    func identifiers() {
        var seen: Set<String> = []
        for model in ["a", "b"] {
            for index in 0..<20_000 {
                seen.insert(StableHash.clientID(of: "\(model)/binance.BTC-USDT/\(1_700_000_000 + index * 60)"))
            }
        }
        #expect(seen.count == 40_000)
        #expect(
            seen.allSatisfy { id in
                id.utf8.count == 22 && id.hasPrefix("tg") && id.dropFirst(2).allSatisfy("0123456789abcdef".contains)
            })
    }
}
