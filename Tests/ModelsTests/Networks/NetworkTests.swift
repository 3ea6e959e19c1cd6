import Learning
import Models
import Schema
import Tensor
import Testing

@Suite("Networks of every kind")
struct NetworkTests {
    private func predicted(_ network: any Network, _ fixture: NetworkFixture) throws -> [String: [Float]] {
        var pass = ForwardPass.prediction
        return try outputs(of: network, fixture.inputs, &pass).mapValues { try $0.floats() }
    }

    @Test("Equal seeds give equal bits, another seed others", arguments: NetworkFixture.names)
    func seeds(name: String) throws {
        let fixture = try NetworkFixture(name)
        let first = try predicted(fixture.network(seed: 1), fixture)
        #expect(try predicted(fixture.network(seed: 1), fixture) == first)
        let other = try predicted(fixture.network(seed: 2), fixture)
        for (key, values) in first { #expect(other[key] != values, "\(key)") }
        #expect(first.values.joined().allSatisfy { $0.isFinite })
    }

    @Test("Dropout makes training passes differ by their seed alone", arguments: NetworkFixture.names)
    func dropout(name: String) throws {
        let fixture = try NetworkFixture(name)
        let network = try fixture.loaded()
        func sampled(_ seed: UInt64) throws -> [String: [Float]] {
            var pass = ForwardPass.sampling(SplitMix64(seed: seed))
            return try outputs(of: network, fixture.inputs, &pass).mapValues { try $0.floats() }
        }
        let before = try predicted(network, fixture)
        let first = try sampled(1)
        #expect(try sampled(1) == first)
        #expect(try sampled(2) != first)
        #expect(first != before)
        #expect(try predicted(network, fixture) == before)
    }

    @Test("Every parameter gets a gradient from what the network says", arguments: NetworkFixture.names)
    func gradients(name: String) throws {
        let fixture = try NetworkFixture(name)
        let network = try fixture.loaded()
        var pass = ForwardPass.training(SplitMix64(seed: 3))
        var loss = try Tensor.zeros([])
        // Weights of selections and of attention lead on to the rest, and need no loss of their own.
        for (key, value) in try outputs(of: network, fixture.inputs, &pass)
        where !key.hasSuffix("weights") && !["attention", "states"].contains(key) {
            loss = try loss + value.power(2).sum()
        }
        try loss.backward()
        for (name, value) in network.parameters {
            let gradient = try #require(value.gradient, "\(name)").floats()
            #expect(gradient.allSatisfy { $0.isFinite }, "\(name)")
            // A bias that all keys share changes no softmax.
            let isBlind = name.contains(".kk.") && name.hasSuffix("bias")
            #expect(isBlind || gradient.contains { $0 != 0 }, "\(name)")
        }
    }

    @Test("A network's bytes hold all of it: configuration, parameters, buffers, text", arguments: NetworkFixture.names)
    func bytes(name: String) throws {
        let fixture = try NetworkFixture(name)
        func check<Kind: Network>(_ network: Kind) throws {
            let bytes = try network.bytes(metadata: ["feature-set": "abc"])
            let loaded = try Kind(bytes: bytes)
            #expect(loaded.configuration == network.configuration)
            #expect(try predicted(loaded, fixture) == predicted(network, fixture))
            #expect(try loaded.bytes(metadata: ["feature-set": "abc"]) == bytes)
            #expect(try SafeTensors(bytes: bytes).metadata["feature-set"] == "abc")
            #expect(throws: LearningError.self) { try Kind(bytes: Array(bytes.dropLast(4))) }
            #expect(throws: LearningError.self) { try Kind(bytes: SafeTensors().bytes()) }
        }
        try check(fixture.loaded())
    }

    @Test("Quick presets are valid, smaller, and take the same features", arguments: NetworkFixture.names)
    func quick(name: String) throws {
        func check<Kind: Network>(_ network: Kind) throws {
            try network.configuration.quick.check()
            #expect(network.configuration.quick.quick == network.configuration.quick)
        }
        try check(NetworkFixture(name).network(seed: 1))
    }

    @Test("Inputs of other shapes are refused by an error that names them", arguments: NetworkFixture.names)
    func shapes(name: String) throws {
        let fixture = try NetworkFixture(name)
        let network = try fixture.network(seed: 1)
        var pass = ForwardPass.prediction
        for (key, value) in try fixture.inputs {
            let columns = value.shape[value.shape.count - 1]
            let wider = try Tensor.concatenated(
                [value, value.narrowed(dimension: -1, to: 0..<1)], dimension: value.shape.count - 1)
            for changed in [try value.narrowed(dimension: -1, to: 1..<columns), wider] {
                var inputs = try fixture.inputs
                inputs[key] = changed
                #expect(throws: TensorError.self, "\(key)") { try outputs(of: network, inputs, &pass) }
            }
        }
    }

    @Test("A timeframe too few or too many, an asset too many or none at all is refused")
    func counts() throws {
        var pass = ForwardPass.prediction
        let timeframes = try NetworkFixture("multi-timeframe")
        let few = try timeframes.inputs.filter { $0.key != "x2" }
        #expect(throws: TensorError.self) { try outputs(of: timeframes.network(seed: 1), few, &pass) }
        var many = try timeframes.inputs
        many["x3"] = many["x2"]
        #expect(throws: TensorError.self) { try outputs(of: timeframes.network(seed: 1), many, &pass) }
        let several = try NetworkFixture("enhanced-transformer-assets").network(seed: 1)
        for shape in [[3, 3, 17, 3], [3, 1, 17, 3], [3, 17, 3]] {
            #expect(throws: TensorError.self) { try outputs(of: several, ["x": Tensor.zeros(shape)], &pass) }
        }
        let single = try NetworkFixture("enhanced-transformer").network(seed: 1)
        #expect(throws: TensorError.self) {
            try outputs(of: single, ["x": Tensor.zeros([3, 1, 17, 3])], &pass)
        }
    }
}
