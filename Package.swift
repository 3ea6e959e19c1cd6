// swift-tools-version: 6.1
import PackageDescription

// libtorch and libxgboost are not system packages: `ops/bootstrap` puts them under `.toolchain/`, pinned and checked.
let toolchain = "\(Context.packageDirectory)/.toolchain"
let torchHome = Context.environment["TIDEGATE_TORCH_HOME"] ?? "\(toolchain)/torch"
let xgboostHome = Context.environment["TIDEGATE_XGBOOST_HOME"] ?? "\(toolchain)/xgboost"

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

let protobuf: Target.Dependency = .product(name: "SwiftProtobuf", package: "swift-protobuf")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let configuration: Target.Dependency = .product(name: "Configuration", package: "swift-configuration")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let deque: Target.Dependency = .product(name: "DequeModule", package: "swift-collections")
let heap: Target.Dependency = .product(name: "HeapModule", package: "swift-collections")
let nio: [Target.Dependency] = [
    .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
    .product(name: "NIOHTTP1", package: "swift-nio"), .product(name: "NIOWebSocket", package: "swift-nio"),
]
let nioSSL: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let hummingbirdTesting: Target.Dependency = .product(name: "HummingbirdTesting", package: "hummingbird")
let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")

/// A library under `Shared/`; `exclude` are folders in it that are no sources.
func shared(_ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = []) -> Target {
    .target(
        name: name, dependencies: dependencies, path: "Shared/\(name)", exclude: exclude, swiftSettings: strict)
}

/// A system C library under `Shared/`: a module map and a shim header, imported by exactly one module.
func clibrary(_ name: String, apt: String) -> Target {
    .systemLibrary(name: name, path: "Shared/\(name)", providers: [.apt([apt])])
}

/// A service under `Services/`.
///
/// No service may depend on another.
func service(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(
        name: name, dependencies: dependencies + ["Schema", "Pipeline", "ServiceKit", logging, configuration],
        path: "Services/\(name)", swiftSettings: strict)
}

/// The tests of one module, under `Tests/`; those that compare with stored numbers have them in `Fixtures`.
func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: dependencies + ["TestKit", "TestTraits"], path: "Tests/\(name)Tests",
        exclude: ["Schema", "Features", "Learning", "Models"].contains(name) ? ["Fixtures"] : [], swiftSettings: strict)
}

let package = Package(
    name: "tidegate",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "ingestor", targets: ["Ingestor"]),
        .executable(name: "feature-builder", targets: ["FeatureBuilder"]),
        .executable(name: "synthetic-generator", targets: ["SyntheticGenerator"]),
        .executable(name: "trainer", targets: ["Trainer"]),
        .executable(name: "inference-server", targets: ["InferenceServer"]),
        .executable(name: "risk-gate", targets: ["RiskGate"]),
        .executable(name: "executor", targets: ["Executor"]),
        .executable(name: "metrics-recorder", targets: ["MetricsRecorder"]),
        .executable(name: "tidegate", targets: ["Tidegate"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.3.0"),
        .package(
            url: "https://github.com/apple/swift-configuration", from: "1.4.0",
            traits: [.defaults, "YAML"]),
        .package(url: "https://github.com/apple/swift-log", from: "1.14.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // C libraries
        clibrary("CZeroMQ", apt: "libzmq3-dev"),
        clibrary("CPostgres", apt: "libpq-dev"),
        clibrary("CCurl", apt: "libcurl4-openssl-dev"),
        .systemLibrary(name: "CXGBoost", path: "Shared/CXGBoost"),
        .systemLibrary(name: "CZlib", path: "Shared/CZlib", providers: [.apt(["zlib1g-dev"])]),
        .target(
            name: "CTorch", path: "Shared/CTorch",
            cxxSettings: [
                .unsafeFlags([
                    "-I", "\(torchHome)/include", "-I", "\(torchHome)/include/torch/csrc/api/include", "-w",
                ])
            ],
            linkerSettings: [
                .linkedLibrary("torch"), .linkedLibrary("torch_cpu"), .linkedLibrary("c10"),
                .unsafeFlags(["-L\(torchHome)/lib", "-Xlinker", "-rpath", "-Xlinker", "\(torchHome)/lib"]),
            ]),

        // The core: pure
        shared("Schema", [protobuf]),
        shared("Pipeline", ["Schema", deque]),
        shared("Simulation", ["Schema", "Pipeline", heap]),
        shared("Market", ["Schema", "Pipeline", "CZlib"]),
        // The lexicon is compiled in by ops/scripts/generate-sentiment-lexicon.
        shared("Features", ["Schema", "Pipeline", "Market"], exclude: ["Sentiment/Lexicon"]),
        shared("Synthetic", ["Schema", "Market", "Features"]),
        shared("Trading", ["Schema", "Pipeline", "Market"]),

        // The edges
        shared("Bus", ["Schema", "CZeroMQ"]),
        shared("Store", ["Schema", "CPostgres"]),
        shared("HTTP", ["CCurl", deque, nioSSL] + nio),
        shared("Venues", ["Schema", "HTTP", "Trading", "Market", deque]),

        // Learning
        shared("Tensor", ["CTorch"]),
        shared("Learning", ["Schema", "Tensor"]),
        .target(
            name: "Models",
            dependencies: ["Schema", "Pipeline", "Market", "Features", "Learning", "Tensor", "CXGBoost"],
            path: "Shared/Models", swiftSettings: strict,
            linkerSettings: [
                .unsafeFlags(["-L\(xgboostHome)/lib", "-Xlinker", "-rpath", "-Xlinker", "\(xgboostHome)/lib"])
            ]),
        shared("Evaluation", ["Schema", "Pipeline", "Market", "Features", "Models", "Trading"]),

        // The host of a service, and what tests need
        shared(
            "ServiceKit",
            ["Schema", "Pipeline", "Bus", "Store", "HTTP", logging, configuration, lifecycle, hummingbird]),
        shared("TestKit", ["Schema", "Pipeline", "Store"] + nio),

        // The executables
        service("Ingestor", ["Bus", "Store", "Market", "Venues"]),
        service("FeatureBuilder", ["Features"]),
        service("SyntheticGenerator", ["Bus", "Synthetic"]),
        service("Trainer", ["Store", "Evaluation", "Models", "Features", "Market", "Tensor"]),
        service("InferenceServer", ["Store", "Models"]),
        service("RiskGate", ["Store", "Trading"]),
        service("Executor", ["Store", "Trading"]),
        // The dashboard's files are compiled in by ops/scripts/generate-dashboard.
        .executableTarget(
            name: "MetricsRecorder",
            dependencies: [
                "Schema", "Pipeline", "Store", "Evaluation", "ServiceKit", logging, configuration, lifecycle,
                hummingbird,
            ],
            path: "Services/MetricsRecorder", exclude: ["Dashboard"], swiftSettings: strict),
        service(
            "Tidegate",
            [
                "Bus", "Store", "HTTP", "Venues", "Market", "Features", "Synthetic", "Models", "Trading", "Evaluation",
                "Simulation", arguments,
            ]),

        // Tests
        .target(name: "TestTraits", path: "Tests/Traits", swiftSettings: strict),
        tests("Schema", ["Schema"]),
        tests("Pipeline", ["Pipeline", "Simulation", "Schema"]),
        tests("Bus", ["Bus", "Schema"]),
        tests("Store", ["Store", "Schema"]),
        tests("HTTP", ["HTTP", "Schema"]),
        tests("Venues", ["Venues", "FuzzTargets", "HTTP", "Market", "Schema", "Trading"]),
        tests("VenuesSession", ["Venues", "HTTP", "Market", "Schema"]),
        tests("Market", ["Market", "Schema", "Pipeline"]),
        tests("Features", ["Features", "Market", "Schema", "Pipeline"]),
        tests("Synthetic", ["Synthetic", "Market", "Schema"]),
        tests("Trading", ["Trading", "Schema", "Pipeline"]),
        tests("Learning", ["Learning", "Tensor", "Models", "Features", "Schema", "Pipeline"]),
        tests(
            "Models",
            ["Models", "CXGBoost", "Learning", "Tensor", "Features", "Market", "Synthetic", "Schema", "Pipeline"]),
        tests(
            "Evaluation",
            ["Evaluation", "Trading", "Models", "Features", "Market", "Synthetic", "Schema", "Pipeline"]),
        tests(
            "MetricsRecorder", ["MetricsRecorder", "Store", "Schema", logging, hummingbird, hummingbirdTesting]),
        tests("Ingestor", ["Ingestor", "Bus", "Market", "Venues", "Schema", configuration]),
        tests("SyntheticGenerator", ["SyntheticGenerator", "Synthetic", "Pipeline", "Schema"]),
        tests("ServiceKit", ["ServiceKit", "Schema", "Pipeline", "Bus", "Store", configuration, logging]),
        tests(
            "Tidegate",
            [
                "Tidegate", "Bus", "Evaluation", "Features", "Market", "Models", "Pipeline", "Schema", "ServiceKit",
                "Simulation", "Store", arguments,
            ]),
        // They start the executables, which the build puts beside them.
        tests(
            "EndToEnd",
            [
                "Evaluation", "Features", "HTTP", "Market", "Models", "Pipeline", "Schema", "ServiceKit", "Store",
                "Synthetic", "Tidegate", configuration,
            ]),

        // What `make fuzz` runs: every reader of outside bytes, and damaged inputs for it
        .target(
            name: "FuzzTargets", dependencies: ["Venues", "HTTP", "Schema", "Trading", "TestKit"],
            path: "Tests/Fuzz/Targets", swiftSettings: strict),
        .executableTarget(
            name: "Fuzz", dependencies: ["FuzzTargets", arguments], path: "Tests/Fuzz/Runner",
            swiftSettings: [.enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("MemberImportVisibility")]),

        // What `make bench` runs, and the peers in C that it is measured against
        .target(
            name: "RawPeers", path: "Tests/Benchmarks/RawPeers",
            linkerSettings: [.linkedLibrary("zmq"), .linkedLibrary("pq")]),
        .executableTarget(
            name: "Benchmarks",
            dependencies: [
                "RawPeers", "Schema", "Pipeline", "Bus", "Store", "HTTP", "Market", "Synthetic", "Features", "Models",
                "Learning", "Tensor", "Trading", "Evaluation",
            ],
            path: "Tests/Benchmarks/Suite",
            swiftSettings: [.enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("MemberImportVisibility")]),
    ],
    cxxLanguageStandard: .cxx20
)

// Thread Sanitizer builds only what owns threads and C handles (`ops/test`).
if Context.environment["TIDEGATE_TSAN"] != nil {
    let kept: Set = [
        "CZeroMQ", "CPostgres", "Schema", "Pipeline", "Bus", "Store", "TestKit", "TestTraits",
        "BusTests", "StoreTests",
    ]
    package.products = []
    package.targets.removeAll { !kept.contains($0.name) }
}
