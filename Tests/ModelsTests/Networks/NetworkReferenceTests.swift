import Foundation
import Learning
import Models
import Tensor
import Testing

@Suite("Networks against their counterparts in PyTorch")
struct NetworkReferenceTests {
    /// Of one plus the value: what golden/README.md allows.
    private let tolerance = 1e-5

    @Test("The state loads by name and gives the same outputs", arguments: NetworkFixture.names)
    func fixture(name: String) throws {
        let fixture = try NetworkFixture(name)
        var pass = ForwardPass.prediction
        let found = try outputs(of: fixture.loaded(), fixture.inputs, &pass)
        let wanted = try fixture.outputs
        #expect(Set(found.keys) == Set(wanted.keys))
        for (key, value) in wanted {
            let gap = try worstGap(#require(found[key]), value)
            print("network \(name) \(key): worst \(gap)")
            #expect(gap <= tolerance, "\(key)")
        }
    }

    @Test("Every kind of network has a counterpart")
    func complete() throws {
        let kinds = try NetworkFixture.names.map { try NetworkFixture($0).file.metadata["kind"] }
        #expect(Set(kinds) == Set(NetworkFixture.kinds.map { $0.kind }))
    }

    @Test(
        "A file that we wrote opens in Python and gives the same outputs there",
        .enabled(if: Python.interpreter != nil), arguments: NetworkFixture.names)
    func python(name: String) throws {
        let fixture = try NetworkFixture(name)
        let network = try fixture.network(seed: 7)
        let wanted = try Python.outputs(of: network.bytes(), fixture.inputs)
        var pass = ForwardPass.prediction
        let found = try outputs(of: network, fixture.inputs, &pass)
        #expect(Set(found.keys) == Set(wanted.entries.map(\.name)))
        for (key, value) in found {
            #expect(try worstGap(value, wanted.tensor(named: key)) <= tolerance, "\(key)")
        }
    }
}

/// A Python with PyTorch: the one that `TIDEGATE_PYTHON` names, or that ops/scripts/network-peers installs.
enum Python {
    static var interpreter: String? {
        let named = ProcessInfo.processInfo.environment["TIDEGATE_PYTHON"]
        let package = (0..<4).reduce(URL(filePath: #filePath)) { path, _ in path.deletingLastPathComponent() }
        let path = named ?? package.appending(path: ".toolchain/networks/bin/python").path
        return FileManager.default.isExecutableFile(atPath: path) ? path : nil
    }

    /// Lets PyTorch's counterpart of a network's file answer.
    ///
    /// - Parameters:
    ///   - network: the file's bytes.
    ///   - inputs: by the names of its arguments.
    /// - Returns: its outputs by name.
    /// - Throws: an error when it leaves none.
    static func outputs(of network: [UInt8], _ inputs: [String: Tensor]) throws -> SafeTensors {
        let folder = FileManager.default.temporaryDirectory.appending(path: "networks-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let paths = ["network", "inputs", "out"].map { folder.appending(path: "\($0).safetensors") }
        var file = SafeTensors()
        try file.add(inputs.map { ($0.key, $0.value) })
        try Data(network).write(to: paths[0])
        try Data(file.bytes()).write(to: paths[1])

        let process = Process()
        process.executableURL = URL(filePath: try #require(interpreter))
        process.arguments = [NetworkFixture.folder.appending(path: "networks.py").path] + paths.map(\.path)
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return try SafeTensors(bytes: Array(Data(contentsOf: paths[2])))
    }
}
