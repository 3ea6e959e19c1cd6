// Dropout: libtorch's own draws a mask on one thread from one state, which took a quarter of a training step.
#include <cmath>

#include "internal.h"

using namespace ctorch;

namespace {

// The output of SplitMix64 (Steele, Lea & Flood 2014, doi:10.1145/2660193.2660195) for the state `z`.
inline uint64_t mixed(uint64_t z) {
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
}

// Zero or `kept` for each element, by sixteen bits of a draw that four neighbours share.
template <class Element>
void draw(Element *mask, int64_t count, uint32_t left_out, Element kept, uint64_t seed) {
    const Element values[] = {0, kept};
    for (int64_t i = 0; i < count; i += 4) {
        seed += 0x9e3779b97f4a7c15;
        uint64_t bits = mixed(seed);
        for (int64_t j = i; j < i + 4 && j < count; j++, bits >>= 16) mask[j] = values[(bits & 0xffff) >= left_out];
    }
}

at::Tensor mask_on_processor(const at::Tensor &x, double share, uint64_t seed) {
    // Where autocast has computed in bfloat16, the mask is wide: its scale would be off by up to 0.4 %.
    bool wide = x.scalar_type() == at::kDouble;
    auto mask = at::empty(x.sizes(), x.options().dtype(wide ? at::kDouble : at::kFloat));
    auto left_out = static_cast<uint32_t>(std::lround(share * 65536));
    if (wide)
        draw(mask.data_ptr<double>(), mask.numel(), left_out, 1 / (1 - share), seed);
    else
        draw(mask.data_ptr<float>(), mask.numel(), left_out, static_cast<float>(1 / (1 - share)), seed);
    return mask;
}

}  // namespace

int ctorch_dropout(const ctorch_tensor *x, double share, uint64_t seed, ctorch_tensor **out) {
    return produced(out, [&] {
        TORCH_CHECK(share >= 0 && share < 1, "the share ", share, " is not in [0, 1)");
        const auto &input = value(x);
        TORCH_CHECK(input.is_floating_point(), "elements of type ", input.scalar_type(), " cannot be scaled");
        if (input.device().is_cpu()) return at::mul(input, mask_on_processor(input, share, seed));
        auto mask = at::empty_like(input, at::kFloat);
        mask.bernoulli_(1 - share, make_generator(seed, input.device())).div_(1 - share);
        return at::mul(input, mask);
    });
}
