// What the .cpp files share: handles, and the two walls that no exception passes.
#pragma once

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include <map>
#include <vector>

#include "include/ctorch.h"

struct ctorch_tensor {
    at::Tensor value;
};

// The generators of one seed, each made when it is first drawn from.
struct ctorch_generator {
    uint64_t seed;
    std::map<int, at::Generator> of_device;
};

namespace ctorch {

// Keeps a message for ctorch_last_error; cuts it rather than allocate.
void remember(const char *message) noexcept;

inline const at::Tensor &value(const ctorch_tensor *tensor) {
    TORCH_CHECK(tensor != nullptr, "a tensor is missing");
    return tensor->value;
}

// The tensor, or what autocast computed in bfloat16 as float32.
inline at::Tensor wide(const ctorch_tensor *tensor) {
    const auto &given = value(tensor);
    return given.scalar_type() == at::kBFloat16 ? given.to(at::kFloat) : given;
}

inline std::optional<at::Tensor> optional(const ctorch_tensor *tensor) {
    return tensor == nullptr ? std::nullopt : std::make_optional(tensor->value);
}

inline at::IntArrayRef sizes(const int64_t *shape, int rank) {
    TORCH_CHECK(rank >= 0 && rank <= 16, "rank ", rank, " is not in 0 to 16");
    TORCH_CHECK(rank == 0 || shape != nullptr, "a shape is missing");
    for (int i = 0; i < rank; i++) TORCH_CHECK(shape[i] >= 0, "a dimension is negative: ", shape[i]);
    return at::IntArrayRef(shape, rank);
}

inline at::ScalarType scalar(int type) {
    switch (type) {
        case CTORCH_FLOAT32: return at::kFloat;
        case CTORCH_FLOAT64: return at::kDouble;
        case CTORCH_INT64: return at::kLong;
        default: TORCH_CHECK(false, "unknown element type ", type);
    }
}

// A device that is here; the message for one that is not says which are.
at::Device device(int number);

// A generator that draws on `device`; libtorch's global ones are never used.
at::Generator make_generator(uint64_t seed, at::Device device);

inline std::vector<at::Tensor> list(const ctorch_tensor *const *tensors, int count) {
    TORCH_CHECK(count >= 0 && (count == 0 || tensors != nullptr), "a list of tensors is missing");
    std::vector<at::Tensor> values;
    values.reserve(count);
    for (int i = 0; i < count; i++) values.push_back(value(tensors[i]));
    return values;
}

// Runs `body`; turns whatever it throws into a message and -1.
template <class Body>
int guarded(Body &&body) noexcept {
    try {
        body();
        return 0;
    } catch (const c10::Error &error) {
        try {
            remember(error.what_without_backtrace());
        } catch (...) {
            remember("libtorch failed and could not say why");
        }
    } catch (const std::exception &error) {
        remember(error.what());
    } catch (...) {
        remember("unknown C++ exception");
    }
    return -1;
}

// The same for a body that gives one tensor.
template <class Body>
int produced(ctorch_tensor **out, Body &&body) noexcept {
    return guarded([&] {
        TORCH_CHECK(out != nullptr, "no place for the result");
        *out = nullptr;
        *out = new ctorch_tensor{body()};
    });
}

// The same for a body that gives one number.
template <class Result, class Function>
int fill(Result *out, Function &&function) noexcept {
    return guarded([&] {
        TORCH_CHECK(out != nullptr, "no place for the result");
        *out = static_cast<Result>(function());
    });
}

}  // namespace ctorch
