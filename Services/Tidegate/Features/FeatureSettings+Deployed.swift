internal import Features
internal import Foundation
internal import Schema

extension FeatureSettings {
    /// As the services of this environment read them.
    static var deployed: Self {
        let variables = Dictionary(uniqueKeysWithValues: keys.map { ($0.name, $0.variable) })
        return Self { name in variables[name].flatMap { ProcessInfo.processInfo.environment[$0] } }
    }
}
