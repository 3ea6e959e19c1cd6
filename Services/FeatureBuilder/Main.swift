internal import Configuration
internal import Features
internal import Logging
internal import Market
internal import Schema
internal import ServiceKit

@main
enum Main {
    static func main() async {
        await ServiceHost.run(
            "feature-builder", about: "turns closed candles into feature vectors",
            keys: MarketSettings.keys + FeatureSettings.keys
        ) { context in
            let market = try MarketSettings { context.config.string(forKey: ConfigKey($0)) }
            let settings = FeatureSettings { context.config.string(forKey: ConfigKey($0)) }
            let featureSet = try settings.featureSet(market)
            context.logger.info("feature set", metadata: ["features.id": "\(featureSet.id)"])
            return [StageHost(dividing: context) { FeatureStage(featureSet, shard: $0) }]
        }
    }
}
