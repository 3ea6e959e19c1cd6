import Learning
import Schema
import Tensor
import Testing

@Suite("Devices")
struct DeviceTests {
    @Test("A setting names a device, and what is absent is refused with what there is")
    func names() throws {
        #expect(try Device("cpu") == .cpu)
        #expect("\(Device.cpu)" == "cpu" && "\(Device.cuda(3))" == "cuda:3")
        for device in Torch.devices { #expect(try Device(device.description) == device) }
        let here = Torch.devices.map(\.description).joined(separator: ", ")
        for text in ["", "CPU", "gpu", "cuda:", "cuda:-1", "cuda:+0", "cuda:99", "cpu:0", " cpu", "meta"] {
            let error = #expect(throws: TensorError.self, "\(text)") { try Device(text) }
            #expect(error?.reason.hasSuffix("available: \(here)") == true, "\(text)")
        }
    }

    @Test("The processor is always here, and no card has a number below zero or beyond C's")
    func available() {
        #expect(Torch.devices.first == .cpu)
        #expect(Torch.isAvailable(.cpu))
        for card in [-1, 99, 1 << 40, .min, .max] { #expect(!Torch.isAvailable(.cuda(card))) }
    }

    @Test(
        "Whatever would make or bring a tensor to an absent card is an error", arguments: [-1, 99, 1 << 40, .min, .max])
    func absent(card: Int) throws {
        let device = Device.cuda(card)
        let here = try Tensor([Float(1), 2], shape: [2]).requiringGradient()
        let generator = TensorGenerator(seed: 1)
        let calls: [(String, () throws(TensorError) -> Void)] = [
            ("full", { () throws(TensorError) in _ = try Tensor.full(1, shape: [2], on: device) }),
            ("zeros", { () throws(TensorError) in _ = try Tensor.zeros([2], on: device) }),
            (
                "uniform",
                { () throws(TensorError) in _ = try Tensor.uniform(0...1, shape: [2], on: device, using: generator) }
            ),
            ("moved", { () throws(TensorError) in _ = try here.moved(to: device) }),
            ("move", { () throws(TensorError) in try here.move(to: device) }),
        ]
        for (name, call) in calls {
            let error = #expect(throws: TensorError.self, "\(name)") { try call() }
            #expect(error?.reason.contains("available: cpu") == true, "\(name)")
        }
        #expect(try here.device == .cpu && here.floats() == [1, 2])
    }

    @Test("A tensor that is where it should be stays the same leaf, with its gradient")
    func alreadyThere() throws {
        let leaf = try Tensor([Float(3)], shape: [1]).requiringGradient()
        try (leaf.moved(to: .cpu) * leaf).sum().backward()
        #expect(try leaf.gradient?.floats() == [6])
        try leaf.move(to: .cpu)
        #expect(try leaf.gradient?.floats() == [6])
    }

    @Test("A tensor with a history is not moved in place")
    func history() throws {
        let leaf = try Tensor([Float(3)], shape: [1]).requiringGradient()
        let computed = try leaf * leaf
        let error = #expect(throws: TensorError.self) { try computed.move(to: .cpu) }
        #expect(error?.reason.contains("history") == true)
    }

    @Test("A layer is where its tensors are, and moving it reaches parameters and buffers")
    func layers() throws {
        let layer = try BatchNorm1d(channels: 2)
        try layer.move(to: .cpu)
        #expect(layer.device == .cpu)
        #expect(throws: TensorError.self) { try layer.move(to: .cuda(99)) }
        #expect(layer.state.allSatisfy { $0.value.device == .cpu })
    }
}
