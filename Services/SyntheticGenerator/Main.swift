internal import ServiceKit

@main
enum Main {
    static func main() async {
        await ServiceHost.run(
            "synthetic-generator", about: "publishes made-up candles, drawn from a seed, as a venue would",
            keys: Settings.keys
        ) { context in
            [SyntheticGenerator(context: context, settings: try Settings(context.config))]
        }
    }
}
