import Bus
import Foundation
import Market
import Pipeline
import RawPeers
import Schema
import Store

/// The services as they are deployed: processes, sockets, PostgreSQL.
enum DeploymentBenchmarks {
    static let all: [Benchmark] = [
        Benchmark("services.start", start), Benchmark("services.replay", replay),
        Benchmark("services.candle-to-order", candleToOrder),
    ]

    // MARK: Start

    /// From starting a process to its saying that it is ready, alone on the machine; and the memory that it then holds.
    ///
    /// The inference-server stands beside what no server in Python can do without.
    @Sendable private static func start() async throws -> [Measurement] {
        try await withDeployment(bars: 100) { deployment in
            var measurements: [Measurement] = []
            for name in Topology.services {
                var (seconds, bytes): ([Double], [Double]) = ([], [])
                for _ in 0..<3 {
                    seconds.append(try await deployment.start(name))
                    bytes.append(try deployment.fleet.residentBytes(of: name))
                    deployment.fleet.stop(name)
                }
                measurements += [
                    try started(name, "ready", seconds, "s", beside: "seconds"),
                    try started(name, "rss", bytes, "bytes", beside: "bytes"),
                ]
            }
            return measurements
        }
    }

    /// A figure of a service that has started, and where it predicts, that of a server in Python.
    private static func started(
        _ name: String, _ what: String, _ ours: [Double], _ unit: String, beside figure: String
    ) throws -> Measurement {
        let full = "services.start.\(name).\(what)"
        let peer =
            name == Topology.inferenceServer
            ? try (0..<ours.count).compactMap { _ in try PythonPeer("serving.py").run([figure]) } : []
        guard !peer.isEmpty else { return Measurement(full, ours: Measurement.median(ours), unit: unit) }
        return Measurement(
            full, ours: Measurement.median(ours), peer: Measurement.median(peer), of: "PyTorch and XGBoost in Python",
            unit: unit)
    }

    // MARK: Replay

    /// Base candles a second from the file to the last row in the database, through all services, against one process
    /// that does the same work and writes the same rows.
    @Sendable private static func replay() async throws -> [Measurement] {
        try await withDeployment(bars: 4000) { deployment in
            for name in Topology.services where name != Topology.ingestor { try await deployment.start(name) }
            let progress = PipelineProgress(try PostgresConnection(deployment.url))
            let start = raw_zmq_now()
            try await deployment.start(Topology.ingestor)
            while try progress.batchesRecorded() < deployment.market.bars {
                guard raw_zmq_now() - start < 300_000_000_000 else { throw BenchmarkFailure("the replay stands still") }
                try await Task.sleep(for: .milliseconds(20))
            }
            let services = Double(raw_zmq_now() - start) / 1e9
            let memory = try Topology.services.map { name in
                Measurement(
                    "services.replay.\(name).rss", ours: try deployment.fleet.residentBytes(of: name), unit: "bytes")
            }
            deployment.fleet.stop()

            let other = try deployment.anotherDatabase()
            let backtest = try Stopwatch.seconds { try deployment.market.backtest(storingIn: other) }
            try compare(deployment.url, other)
            let candles = Double(deployment.market.bars * deployment.market.market.instruments.count)
            return [
                Measurement(
                    "services.replay", ours: candles / services, peer: candles / backtest,
                    of: "one-process backtest writing the same rows", unit: "candles/s")
            ] + memory
        }
    }

    /// Both must have done the same work.
    private static func compare(_ url: String, _ other: String) throws {
        for table in ["candles", "predictions", "decisions", "orders", "fills", "accounts", "metrics"] {
            let rows = try TableCount(PostgresConnection(url)).rows(of: table)
            let others = try TableCount(PostgresConnection(other)).rows(of: table)
            guard rows == others, rows > 0 else { throw BenchmarkFailure("\(table): \(rows) rows and \(others)") }
        }
    }

    // MARK: Candle to order

    /// From the ingestor's handing a closing candle to its socket to the arrival of the order that came of it.
    ///
    /// It arrives where the executor listens. Ingestor, feature-builder, inference-server and risk-gate are processes,
    /// with three hops between them and one to the listener; the gate waits for the executor's books too, and stores the
    /// order before it sends it. That the ingestor has stored the candle before it sends it is not in the figure. The peer
    /// passes one message of a vector's size and one of a watermark's through as many hops and does nothing with them.
    @Sendable private static func candleToOrder() async throws -> [Measurement] {
        try await withDeployment(bars: 1500) { deployment in
            for name in Topology.services where name != Topology.ingestor { try await deployment.start(name) }
            let listener = ChainListener(busFolder: deployment.fleet.busFolder)
            let span = Double(deployment.market.bars) * 3600
            // One step in 20 ms: nothing queues, as in live trading.
            try await deployment.start(Topology.ingestor, ["--source-speed", "\(Int(span / (0.02 * 1500)))"])
            let latencies = try listener.microseconds(until: deployment.market.window.to)
            guard let orders = latencies[Topology.riskGate], orders.count > 200 else {
                throw BenchmarkFailure("too few orders")
            }
            deployment.fleet.stop()

            let chain = (0..<4).map { "ipc:///tmp/tidegate-bench-\(getpid())-hop-\($0)" }
            let peer = try RawChain(chain).run(1500, batch: 1, interval: 2_000_000).latencies
            let shares = [0.5, 0.99]
            return shares.map { share in
                Measurement(
                    "services.candle-to-order.p\(Int(share * 100))", ours: Measurement.percentile(orders, share),
                    peer: Measurement.percentile(peer, share), of: "libzmq in C, four hops without any work", unit: "µs"
                )
            }
                + ChainListener.stages.dropLast().flatMap { name in
                    shares.map { share in
                        Measurement(
                            "services.candle-to-order.\(name).p\(Int(share * 100))",
                            ours: Measurement.percentile(latencies[name] ?? [0], share), unit: "µs")
                    }
                }
        }
    }

    // MARK: Deployment

    private static func withDeployment(
        bars: Int, _ body: (BenchmarkDeployment) async throws -> [Measurement]
    ) async throws -> [Measurement] {
        let cluster = try BenchmarkCluster()
        defer { cluster.delete() }
        let deployment = try BenchmarkDeployment(cluster: cluster, bars: bars)
        defer { deployment.fleet.stop() }
        return try await body(deployment)
    }
}

/// A database with a model, a market in a file, and the services over them.
struct BenchmarkDeployment {
    let url: String
    let market: BenchmarkMarket
    let fleet: Fleet
    private let cluster: BenchmarkCluster

    init(cluster: BenchmarkCluster, bars: Int) throws {
        self.cluster = cluster
        url = try cluster.database()
        market = try BenchmarkMarket(folder: cluster.folder + "/data", bars: bars)
        try market.register(in: url)
        fleet = try Fleet(folder: cluster.folder, databaseURL: url, settings: market.settings)
    }

    func anotherDatabase() throws -> String { try cluster.database("backtest") }

    @discardableResult
    func start(_ name: String, _ arguments: [String] = []) async throws -> Double {
        guard name == Topology.ingestor else { return try await fleet.start(name, arguments) }
        let (from, to) = market.window
        return try await fleet.start(
            name,
            [
                "--source-kind", "file", "--source-folder", market.folder, "--source-from", from.description,
                "--source-to", to.description,
            ] + arguments)
    }
}
