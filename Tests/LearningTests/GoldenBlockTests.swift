import Learning
import Schema
import Tensor
import Testing

@Suite("Blocks of the temporal fusion transformer against PyTorch, loaded by name", .enabled(if: Golden.isWanted))
struct GoldenBlockTests {
    private var random = SplitMix64(seed: 1)
    private var pass = ForwardPass.prediction

    private func load(_ layer: some Layer, _ name: String) throws -> (inputs: Golden, outputs: Golden) {
        try SafeTensors(bytes: Golden.bytes("05_\(name).weights.safetensors")).assign(to: layer.state)
        let golden = try Golden("05_\(name).io.json")
        return (try golden["inputs"], try golden["outputs"])
    }

    private func expect(_ found: Tensor, _ outputs: Golden, _ key: String) throws {
        let gap = try largestGap(found, outputs.tensor(key))
        print("golden block \(key): worst \(gap)")
        #expect(gap < 1e-5, "\(key)")
    }

    @Test("A gated residual network with a context and a projected skip")
    mutating func gatedResidual() throws {
        let layer = try GatedResidualNetwork(inputs: 8, hidden: 12, outputs: 5, context: 6, using: &random)
        let (inputs, outputs) = try load(layer, "grn")
        try expect(layer(inputs.tensor("x"), context: inputs.tensor("context"), &pass), outputs, "y")
    }

    @Test("A gated residual network that skips to its input")
    mutating func gatedResidualIdentity() throws {
        let layer = try GatedResidualNetwork(inputs: 8, hidden: 8, outputs: 8, using: &random)
        let (inputs, outputs) = try load(layer, "grn_identity")
        try expect(layer(inputs.tensor("x"), &pass), outputs, "y")
    }

    @Test("A variable selection and its weights")
    mutating func variableSelection() throws {
        let layer = try VariableSelectionNetwork(variables: 4, width: 8, context: 8, using: &random)
        let (inputs, outputs) = try load(layer, "vsn")
        let selection = try layer(.vectors(inputs.tensor("x")), context: inputs.tensor("context"), &pass)
        try expect(selection.output, outputs, "y")
        try expect(selection.weights, outputs, "weights")
    }

    @Test("Interpretable attention and its weights, with the causal mask and without")
    mutating func interpretableAttention() throws {
        let layer = try InterpretableMultiHeadAttention(width: 16, heads: 4, using: &random)
        let (inputs, outputs) = try load(layer, "interpretable_mha")
        let (query, context) = (try inputs.tensor("q"), try inputs.tensor("k"))
        let blocked = try inputs.tensor("mask_true_is_blocked").floats()
        let mask = try Tensor.causalMask(queries: 5, keys: 9)
        #expect(try mask.floats().map { $0 == 0 ? 0 : 1 } == blocked)
        let masked = try layer(query, context, mask: mask, &pass)
        try expect(masked.output, outputs, "y")
        try expect(masked.weights, outputs, "attention")
        let free = try layer(query, context, &pass)
        try expect(free.output, outputs, "y_nomask")
        try expect(free.weights, outputs, "attention_nomask")
    }
}
