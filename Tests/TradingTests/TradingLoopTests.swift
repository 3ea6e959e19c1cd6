import Foundation
import Pipeline
import Schema
import Testing
import Trading

/// Executor and risk gate chained as in ``Topology``: the gate's batch reaches the executor one batch later.
struct TradingLoop {
    static let instruments = ["BTC", "ETH", "SOL"].map { Instrument("binance.\($0)-USDT") }

    let executionSettings: ExecutionStage.Settings
    let riskSettings: RiskSettings
    var executor: StageRunner<ExecutionStage>
    var gate: StageRunner<RiskStage>
    private var fromGate: [Event] = []

    init(_ execution: ExecutionStage.Settings = ExecutionStage.Settings(), _ risk: RiskSettings = RiskSettings()) {
        (executionSettings, riskSettings) = (execution, risk)
        executor = StageRunner(ExecutionStage(execution), inputs: Topology.inputs(of: Topology.executor))
        gate = StageRunner(RiskStage(risk), inputs: Topology.inputs(of: Topology.riskGate))
    }

    /// What a batch gave: the executor's events, then the gate's.
    mutating func run(_ feed: Feed.Step) throws -> (executor: [Event], gate: [Event]) {
        let executed = try executor.run([fromGate, feed.candles], closing: feed.watermark)
        fromGate = try gate.run([executed, feed.predictions], closing: feed.watermark)
        return (executed, fromGate)
    }

    mutating func restartExecutor() throws {
        let state = try Self.stored(executor.stage.state)
        executor = StageRunner(ExecutionStage(executionSettings), inputs: Topology.inputs(of: Topology.executor))
        try executor.restore(state)
    }

    mutating func restartGate() throws {
        let state = try Self.stored(gate.stage.state)
        gate = StageRunner(RiskStage(riskSettings), inputs: Topology.inputs(of: Topology.riskGate))
        try gate.restore(state)
    }

    private static func stored<State: Codable>(_ state: State) throws -> State {
        try JSONDecoder().decode(State.self, from: JSONEncoder().encode(state))
    }
}

/// Seeded candles and predictions of three instruments, with gaps, empty bars, jumps, controls and broken predictions.
struct Feed {
    struct Step {
        let candles: [Event]
        let predictions: [Event]
        let watermark: Watermark
    }

    static func steps(_ count: Int, seed: UInt64, jump: Double = 0.01) throws -> [Step] {
        var random = SplitMix64(seed: seed)
        var prices = [30_000.0, 2_000, 100]
        var position: UInt64 = 0
        var steps: [Step] = []
        func next(_ message: Message, _ trace: UInt64? = nil) -> Event {
            position += 1
            return Event(position: FeedPosition(position), trace: FeedPosition(trace ?? position), message)
        }
        for index in 0..<count {
            let previous = FeedPosition(position)
            var candles: [Event] = []
            var predictions: [Event] = []
            if Int.random(in: 0..<200, using: &random) == 0 {
                let state = TradingState.allCases[Int.random(in: 0..<3, using: &random)]
                let control = next(.control(Control(id: "\(index)", change: .tradingStateChanged(state, reason: ""))))
                candles.append(control)
                predictions.append(control)
            } else if index % 100 == 99 {
                let control = next(.control(Control(id: "\(index)", change: .tradingStateChanged(.active, reason: ""))))
                candles.append(control)
                predictions.append(control)
            }
            for (which, instrument) in TradingLoop.instruments.enumerated() {
                let open = (prices[which] * 100).rounded() / 100
                prices[which] = max(1, prices[which] * (1 + Double.random(in: -jump...jump, using: &random)))
                let close = (prices[which] * 100).rounded() / 100
                guard Int.random(in: 0..<20, using: &random) > 0 else { continue }
                let volume = Bool.random(using: &random) ? Double.random(in: 0...5, using: &random).rounded() : 1e6
                let candle = next(
                    .candle(
                        try bar(
                            index, instrument, open: open, high: max(open, close), low: min(open, close), close: close,
                            volume: volume)))
                candles.append(candle)
                let signal =
                    Int.random(in: 0..<50, using: &random) == 0 ? Double.nan : Double.random(in: -2...2, using: &random)
                predictions.append(
                    Event(
                        position: candle.position,
                        .prediction(
                            prediction(
                                index + 1, instrument, signal: signal,
                                confidence: Double.random(in: 0...1, using: &random), price: close,
                                volatility: Double.random(in: 0...1, using: &random)))))
            }
            position += 1
            let watermark = Watermark(position: FeedPosition(position), previous: previous, time: moment(index + 1))
            predictions.sort { $0.position < $1.position }
            steps.append(Step(candles: candles, predictions: predictions, watermark: watermark))
        }
        return steps
    }
}

@Suite("Trading loop")
struct TradingLoopTests {
    private static let wild = RiskSettings(
        baseFraction: 0.2, positionCap: 0.2, volatilityTarget: 1, symbolExposure: 0.15, grossExposure: 0.3,
        dailyLoss: 0.9, drawdown: 0.9, ordersPerHour: 100)

    @Test("An order decided at a watermark fills at the next bar's open, with the prediction's trace")
    func nextBar() throws {
        var loop = TradingLoop()
        func step(_ index: Int, open: Double, close: Double) throws -> Feed.Step {
            let candle = Event(
                position: FeedPosition(UInt64(index) * 2 + 1),
                .candle(try bar(index, open: open, high: max(open, close), low: min(open, close), close: close)))
            return Feed.Step(
                candles: [candle],
                predictions: [
                    Event(position: candle.position, .prediction(prediction(index + 1, signal: 2, price: close)))
                ],
                watermark: Watermark(
                    position: FeedPosition(UInt64(index) * 2 + 2), previous: FeedPosition(UInt64(index) * 2),
                    time: moment(index + 1)))
        }
        let first = try loop.run(step(0, open: 99, close: 100))
        #expect(first.executor.map(\.message.kind) == [.account])
        let order = try #require(first.gate.orders.first)
        #expect(first.gate.allSatisfy { $0.trace == FeedPosition(1) })
        let second = try loop.run(step(1, open: 101, close: 102))
        #expect(second.executor.map(\.message.kind) == [.orderEvent, .fill, .orderEvent, .account])
        #expect(second.executor[..<3].allSatisfy { $0.trace == FeedPosition(1) })
        guard case .fill(let fill) = second.executor[1].message,
            case .account(let account) = second.executor[3].message
        else {
            Issue.record("not a fill and an account")
            return
        }
        #expect(fill.clientID == order.clientID && fill.quantity == order.quantity && fill.id == order.clientID + "/1")
        #expect(fill.price > Decimal12(101) && fill.price < decimal("101.1") && fill.time == moment(1))
        #expect(account.time == moment(2) && account.positions[0].markPrice == Decimal12(102))
        #expect(account.equity == account.cash + order.quantity.multiplied(by: Decimal12(102)))
    }

    @Test("The ledger is the sum of the fills, and accounts are its copies", arguments: 1...4 as ClosedRange<UInt64>)
    func ledgerIsSumOfFills(seed: UInt64) throws {
        var loop = TradingLoop(ExecutionStage.Settings(), Self.wild)
        var cash = loop.executionSettings.openingCash
        var quantities: [Instrument: Decimal12] = [:]
        var identifiers: Set<String> = []
        var fills = 0
        for step in try Feed.steps(1500, seed: seed) {
            for event in try loop.run(step).executor {
                switch event.message {
                case .fill(let fill):
                    let signed = fill.side == .buy ? fill.quantity : -fill.quantity
                    cash -= signed.multiplied(by: fill.price) + fill.fee
                    quantities[fill.instrument, default: .zero] += signed
                    #expect(identifiers.insert(fill.id).inserted)
                    fills += 1
                case .account(let account):
                    #expect(account.cash == cash)
                    #expect(account.positions.allSatisfy { $0.quantity == quantities[$0.instrument] })
                    #expect(account.positions.count == quantities.count)
                    var equity = cash
                    for position in account.positions { equity += position.quantity.multiplied(by: position.markPrice) }
                    #expect(account.equity == equity)
                default: break
                }
            }
            try loop.executor.stage.ledger.check()
        }
        #expect(fills > 200)
    }

    @Test(
        "No sequence of predictions and prices takes exposure beyond the limits",
        arguments: 1...12 as ClosedRange<UInt64>)
    func limits(seed: UInt64) throws {
        let settings = Self.wild
        var loop = TradingLoop(ExecutionStage.Settings(), settings)
        var quantities: [Instrument: Decimal12] = [:]
        var prices: [Instrument: Double] = [:]
        var targets: [Instrument: Decimal12] = [:]
        var orders = 0
        for step in try Feed.steps(1000, seed: seed, jump: seed % 2 == 0 ? 0.01 : 0.2) {
            let outputs = try loop.run(step)
            var equity = 0.0
            for event in outputs.executor {
                switch event.message {
                case .fill(let fill):
                    let before = quantities[fill.instrument, default: .zero]
                    let after = before + (fill.side == .buy ? fill.quantity : -fill.quantity)
                    quantities[fill.instrument] = after
                    // A fill moves towards the target of its decision, and never past it.
                    let target = try #require(targets[fill.instrument])
                    #expect(min(before, target) <= after && after <= max(before, target))
                case .account(let account):
                    equity = account.equity.doubleValue
                    for position in account.positions { prices[position.instrument] = position.markPrice.doubleValue }
                default: break
                }
            }
            for event in step.predictions {
                guard case .prediction(let prediction) = event.message else { continue }
                prices[prediction.instrument] = prediction.referencePrice
            }
            for decision in outputs.gate.decisions where decision.action != .hold {
                let instrument = decision.instrument
                let price = try #require(prices[instrument])
                let before = quantities[instrument, default: .zero]
                targets[instrument] = decision.targetQuantity
                orders += 1
                let value = decision.targetQuantity.magnitude.doubleValue * price
                #expect(value <= settings.symbolExposure * equity * (1 + 1e-9))
                #expect(decision.state != .halted)
                if decision.state == .reducing {
                    #expect(decision.targetQuantity.magnitude <= before.magnitude)
                    #expect(decision.targetQuantity.isZero || decision.targetQuantity.isNegative == before.isNegative)
                }
                guard decision.targetQuantity.magnitude > before.magnitude else { continue }
                // Every position at the larger of what it is and what its last order leads to.
                var gross = 0.0
                for other in TradingLoop.instruments {
                    let held = quantities[other, default: .zero].magnitude
                    let most = other == instrument ? decision.targetQuantity.magnitude : held
                    gross += most.doubleValue * (prices[other] ?? 0)
                }
                #expect(gross <= settings.grossExposure * equity * (1 + 1e-9))
            }
        }
        #expect(orders > 50)
    }

    @Test(
        "The same feed gives the same events, and a restart of either stage at any batch changes nothing",
        arguments: 1...6 as ClosedRange<UInt64>)
    func restarts(seed: UInt64) throws {
        let steps = try Feed.steps(600, seed: seed)
        var settings = ExecutionStage.Settings()
        settings.venue.participation = decimal("0.01")
        settings.venue.lifetimeBars = 3
        var straight = TradingLoop(settings, Self.wild)
        var again = TradingLoop(settings, Self.wild)
        var broken = TradingLoop(settings, Self.wild)
        var random = SplitMix64(seed: seed &* 31)
        var kinds: [Message.Kind: Int] = [:]
        for step in steps {
            let expected = try straight.run(step)
            #expect(try again.run(step) == expected)
            if Int.random(in: 0..<5, using: &random) == 0 { try broken.restartExecutor() }
            if Int.random(in: 0..<5, using: &random) == 0 { try broken.restartGate() }
            #expect(try broken.run(step) == expected)
            for event in expected.executor + expected.gate { kinds[event.message.kind, default: 0] += 1 }
        }
        #expect(straight.executor.stage.state == broken.executor.stage.state)
        #expect(straight.gate.stage.state == broken.gate.stage.state)
        #expect(kinds[.fill, default: 0] > 50 && kinds[.order, default: 0] > 50)
    }

    @Test("A state of other settings, or one out of balance, is not taken up")
    func foreignState() throws {
        let stage = ExecutionStage(ExecutionStage.Settings(openingCash: Decimal12(5)))
        var other = ExecutionStage()
        #expect(throws: TradingError.settings("the ledger began with 5")) { try other.restore(stage.state) }
    }

    @Test("Candles of other timeframes neither trade nor mark, and a halt cancels what is open")
    func otherTimeframes() throws {
        var runner = StageRunner(ExecutionStage(), inputs: Topology.inputs(of: Topology.executor))
        func watermark(_ index: Int) -> Watermark {
            Watermark(
                position: FeedPosition(UInt64(index) * 10), previous: FeedPosition(UInt64(index - 1) * 10),
                time: moment(index))
        }
        _ = try runner.run(
            [[], [Event(position: FeedPosition(1), .candle(try flatBar(0, at: 100)))]], closing: watermark(1))
        let sent = Event(position: FeedPosition(10), .order(try order(after: 1)))
        let long = try Candle(
            instrument: bitcoin, timeframe: .minute5, openTime: moment(5), open: 7, high: 7, low: 7, close: 7, volume: 9
        )
        var events = try runner.run(
            [[sent], [Event(position: FeedPosition(11), .candle(long))]], closing: watermark(2))
        #expect(events.map(\.message.kind) == [.orderEvent, .account])
        let halt = Event(
            position: FeedPosition(21),
            .control(Control(id: "h", change: .tradingStateChanged(.halted, reason: "test"))))
        events = try runner.run([[sent], [halt]], closing: watermark(3))
        #expect(events.map(\.message.kind) == [.control, .orderEvent, .account], "the order sent again is ignored")
        guard case .orderEvent(let event) = events[1].message else { return }
        #expect(event.state == .cancelled && event.reason == "halted: test" && event.time == moment(2))
        events = try runner.run(
            [[], [Event(position: FeedPosition(31), .candle(try flatBar(3, at: 100)))]], closing: watermark(4))
        #expect(events.map(\.message.kind) == [.account])
    }
}
