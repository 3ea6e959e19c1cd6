// Processors and cards, by what libtorch knows of every kind of device: no CUDA header is needed, and a libtorch
// without CUDA answers as well.
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Context.h>

#include <mutex>

#include "internal.h"

using namespace ctorch;

namespace {

// By default cuDNN rounds float32 to TF32's ten bits, and picks kernels that add up in any order. Here float32 is
// float32, and equal runs give equal bits.
void ask_for_exactness() {
    at::globalContext().setAllowTF32CuDNN(false);
    at::globalContext().setDeterministicCuDNN(true);
}

int cards() { return at::globalContext().hasCUDA() ? static_cast<int>(at::getNumGPUs()) : 0; }

}  // namespace

at::Device ctorch::device(int number) {
    if (number == CTORCH_CPU) return at::kCPU;
    int present = cards();
    if (number >= 0 && number < present) {
        static std::once_flag once;
        std::call_once(once, ask_for_exactness);
        return at::Device(at::kCUDA, static_cast<c10::DeviceIndex>(number));
    }
    std::string available = "cpu";
    for (int card = 0; card < present; card++) available += ", cuda:" + std::to_string(card);
    TORCH_CHECK(false, "there is no device cuda:", number, "; available: ", available);
}

at::Generator ctorch::make_generator(uint64_t seed, at::Device device) {
    if (device.is_cpu()) return at::detail::createCPUGenerator(seed);
    at::globalContext().lazyInitDevice(device.type());
    const auto &hooks = at::globalContext().getAcceleratorHooksInterface(device.type());
    auto generator = hooks.getNewGenerator(device.index());
    std::lock_guard<std::mutex> lock(generator.mutex());
    generator.set_current_seed(seed);
    return generator;
}

int ctorch_cuda_count(int *out) {
    return fill(out, [] { return cards(); });
}

int ctorch_device(const ctorch_tensor *tensor, int *out) {
    return fill(out, [&]() -> int {
        auto device = value(tensor).device();
        TORCH_CHECK(device.is_cpu() || device.is_cuda(), "device ", device, " is not ours");
        return device.is_cpu() ? CTORCH_CPU : device.index();
    });
}

int ctorch_to_device(const ctorch_tensor *x, int number, ctorch_tensor **out) {
    return produced(out, [&] { return value(x).to(device(number)); });
}

// As torch.nn.Module.to does: the elements are exchanged inside the tensor, so that optimizers go on holding it.
int ctorch_move(ctorch_tensor *tensor, int number) {
    return guarded([&] {
        c10::NoGradGuard unrecorded;
        at::Tensor moved = value(tensor), gradient = moved.grad();
        TORCH_CHECK(moved.is_leaf() && !moved.is_view(), "a tensor with a history stays where it is");
        auto target = device(number);
        if (moved.device() == target) return;
        auto elements = moved.detach().to(target);
        if (gradient.defined()) gradient = gradient.detach().to(target);
        moved.mutable_grad().reset();
        moved.set_data(elements);
        if (gradient.defined()) moved.mutable_grad() = gradient;
    });
}
