internal import ServiceKit

@main
enum Main {
    static func main() async {
        await ServiceHost.run(
            "trainer", about: "trains the models that are asked for, one job at a time", keys: Settings.keys
        ) { context in
            [Trainer(context: context, settings: try Settings(context.config))]
        }
    }
}
