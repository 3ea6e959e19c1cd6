// Runtime settings, random numbers, making and reading tensors.
#include <ATen/Parallel.h>
#include <dlfcn.h>
#include <malloc.h>
#include <torch/version.h>

#include <climits>
#include <cstring>

#include "internal.h"

using namespace ctorch;

namespace {

thread_local char message[4096] = "";

template <class Element>
int from(
    const Element *values, int64_t count, const int64_t *shape, int rank, at::ScalarType type, ctorch_tensor **out) {
    return produced(out, [&] {
        auto wanted = sizes(shape, rank);
        int64_t product = 1;
        for (auto size : wanted)
            TORCH_CHECK(!__builtin_mul_overflow(product, size, &product), "shape ", wanted, " has too many elements");
        TORCH_CHECK(product == count, "shape ", wanted, " holds ", product, " elements, but ", count, " were given");
        TORCH_CHECK(count == 0 || values != nullptr, "the elements are missing");
        at::Tensor result = at::empty(wanted, at::TensorOptions().dtype(type));
        if (count > 0) std::memcpy(result.data_ptr(), values, count * sizeof(Element));
        return result;
    });
}

template <class Element>
int read(const ctorch_tensor *tensor, Element *out, int64_t count, at::ScalarType type) {
    return guarded([&] {
        const auto &source = value(tensor);
        TORCH_CHECK(source.numel() == count, "there are ", source.numel(), " elements, and room for ", count);
        if (count == 0) return;
        TORCH_CHECK(out != nullptr, "no place for the elements");
        at::Tensor copy = source.detach().to(at::kCPU, type).contiguous();
        std::memcpy(out, copy.const_data_ptr(), count * sizeof(Element));
    });
}

at::TensorOptions options(int type, int on) { return at::TensorOptions().dtype(scalar(type)).device(device(on)); }

// The generator that draws on a device.
at::Generator &source(ctorch_generator *generator, int on) {
    TORCH_CHECK(generator != nullptr, "a generator is missing");
    auto found = generator->of_device.find(on);
    if (found == generator->of_device.end())
        found = generator->of_device.emplace(on, make_generator(generator->seed, device(on))).first;
    return found->second;
}

}  // namespace

void ctorch::remember(const char *text) noexcept {
    std::strncpy(message, text == nullptr ? "" : text, sizeof message - 1);
    message[sizeof message - 1] = 0;
}

const char *ctorch_last_error(void) { return message; }
const char *ctorch_version(void) { return TORCH_VERSION; }

int ctorch_threads(int *out) {
    return fill(out, [] { return at::get_num_threads(); });
}

// at::set_num_threads would change what other threads begin with, and MKL's number everywhere. These two are per
// thread.
int ctorch_set_threads(int count, int *previous) {
    return guarded([&] {
        TORCH_CHECK(count >= 1 && count <= 1024, "cannot run on ", count, " threads");
        using Set = void (*)(int);
        using SetAndTell = int (*)(int);
        static const auto openMP = reinterpret_cast<Set>(dlsym(RTLD_DEFAULT, "omp_set_num_threads"));
        static const auto mkl = reinterpret_cast<SetAndTell>(dlsym(RTLD_DEFAULT, "MKL_Set_Num_Threads_Local"));
        TORCH_CHECK(openMP != nullptr, "this libtorch does not run on OpenMP");
        int earlier = at::get_num_threads();  // also gives a new thread its default, before we overwrite it
        openMP(count);
        if (mkl != nullptr) mkl(count);
        if (previous != nullptr) *previous = earlier;
    });
}

int ctorch_keep_large_blocks(int *accepted) {
    return fill(accepted, [] {
#ifdef __GLIBC__
        int taken = mallopt(M_MMAP_THRESHOLD, 1 << 30);
        taken &= mallopt(M_TRIM_THRESHOLD, INT_MAX);
        taken &= mallopt(M_TOP_PAD, 256 << 20);
        return taken;
#else
        return 0;
#endif
    });
}

int ctorch_set_gradient_mode(int on, int *previous) {
    return guarded([&] {
        if (previous != nullptr) *previous = c10::GradMode::is_enabled();
        c10::GradMode::set_enabled(on != 0);
    });
}

int ctorch_generator_new(uint64_t seed, ctorch_generator **out) {
    return guarded([&] {
        TORCH_CHECK(out != nullptr, "no place for the result");
        *out = new ctorch_generator{seed, {}};
    });
}

void ctorch_generator_free(ctorch_generator *generator) { delete generator; }

int ctorch_from_float(const float *values, int64_t count, const int64_t *shape, int rank, ctorch_tensor **out) {
    return from(values, count, shape, rank, at::kFloat, out);
}

int ctorch_from_double(const double *values, int64_t count, const int64_t *shape, int rank, ctorch_tensor **out) {
    return from(values, count, shape, rank, at::kDouble, out);
}

int ctorch_from_int64(const int64_t *values, int64_t count, const int64_t *shape, int rank, ctorch_tensor **out) {
    return from(values, count, shape, rank, at::kLong, out);
}

int ctorch_full(const int64_t *shape, int rank, int type, int on, double number, ctorch_tensor **out) {
    return produced(out, [&] { return at::full(sizes(shape, rank), number, options(type, on)); });
}

int ctorch_uniform(
    const int64_t *shape, int rank, int type, int on, double low, double high, ctorch_generator *generator,
    ctorch_tensor **out) {
    return produced(out, [&] {
        auto result = at::empty(sizes(shape, rank), options(type, on));
        return result.uniform_(low, high, source(generator, on));
    });
}

void ctorch_free(ctorch_tensor *tensor) { delete tensor; }

int ctorch_type(const ctorch_tensor *tensor, int *out) {
    return fill(out, [&]() -> int {
        switch (value(tensor).scalar_type()) {
            case at::kFloat:
            case at::kBFloat16: return CTORCH_FLOAT32;
            case at::kDouble: return CTORCH_FLOAT64;
            case at::kLong: return CTORCH_INT64;
            default: TORCH_CHECK(false, "element type ", value(tensor).scalar_type(), " is not ours");
        }
    });
}

int ctorch_rank(const ctorch_tensor *tensor, int *out) {
    return fill(out, [&] { return value(tensor).dim(); });
}

int ctorch_shape(const ctorch_tensor *tensor, int64_t *out, int rank) {
    return guarded([&] {
        auto shape = value(tensor).sizes();
        TORCH_CHECK(rank == (int)shape.size(), "rank is ", shape.size(), ", and there is room for ", rank);
        TORCH_CHECK(rank == 0 || out != nullptr, "no place for the shape");
        std::copy(shape.begin(), shape.end(), out);
    });
}

int ctorch_count(const ctorch_tensor *tensor, int64_t *out) {
    return fill(out, [&] { return value(tensor).numel(); });
}

int ctorch_read_float(const ctorch_tensor *tensor, float *out, int64_t count) {
    return read(tensor, out, count, at::kFloat);
}

int ctorch_read_double(const ctorch_tensor *tensor, double *out, int64_t count) {
    return read(tensor, out, count, at::kDouble);
}

int ctorch_read_int64(const ctorch_tensor *tensor, int64_t *out, int64_t count) {
    return read(tensor, out, count, at::kLong);
}

int ctorch_item(const ctorch_tensor *tensor, double *out) {
    return fill(out, [&] { return value(tensor).item().toDouble(); });
}

int ctorch_assign(ctorch_tensor *tensor, const ctorch_tensor *source) {
    return guarded([&] {
        c10::NoGradGuard unrecorded;
        auto target = value(tensor);
        TORCH_CHECK(
            target.sizes() == value(source).sizes(), "cannot assign ", value(source).sizes(), " to ", target.sizes());
        target.copy_(value(source));
    });
}

int ctorch_clone(const ctorch_tensor *tensor, ctorch_tensor **out) {
    return produced(out, [&] { return value(tensor).detach().clone(); });
}

int ctorch_detach(const ctorch_tensor *tensor, ctorch_tensor **out) {
    return produced(out, [&] { return value(tensor).detach(); });
}
