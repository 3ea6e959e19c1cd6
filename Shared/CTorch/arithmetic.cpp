// Element by element, matrix products, and what sums up a dimension: one line each.
#include "internal.h"

using namespace ctorch;

int ctorch_add(const ctorch_tensor *a, const ctorch_tensor *b, ctorch_tensor **out) {
    return produced(out, [&] { return at::add(value(a), value(b)); });
}

int ctorch_subtract(const ctorch_tensor *a, const ctorch_tensor *b, ctorch_tensor **out) {
    return produced(out, [&] { return at::sub(value(a), value(b)); });
}

int ctorch_multiply(const ctorch_tensor *a, const ctorch_tensor *b, ctorch_tensor **out) {
    return produced(out, [&] { return at::mul(value(a), value(b)); });
}

int ctorch_divide(const ctorch_tensor *a, const ctorch_tensor *b, ctorch_tensor **out) {
    return produced(out, [&] { return at::div(value(a), value(b)); });
}

int ctorch_maximum(const ctorch_tensor *a, const ctorch_tensor *b, ctorch_tensor **out) {
    return produced(out, [&] { return at::maximum(value(a), value(b)); });
}

int ctorch_minimum(const ctorch_tensor *a, const ctorch_tensor *b, ctorch_tensor **out) {
    return produced(out, [&] { return at::minimum(value(a), value(b)); });
}

int ctorch_scale(const ctorch_tensor *a, double factor, ctorch_tensor **out) {
    return produced(out, [&] { return at::mul(value(a), factor); });
}

int ctorch_add_number(const ctorch_tensor *a, double number, ctorch_tensor **out) {
    return produced(out, [&] { return at::add(value(a), number); });
}

int ctorch_power(const ctorch_tensor *x, double exponent, ctorch_tensor **out) {
    return produced(out, [&] { return at::pow(value(x), exponent); });
}

int ctorch_clamp(const ctorch_tensor *x, double low, double high, ctorch_tensor **out) {
    return produced(out, [&] {
        TORCH_CHECK(low <= high, "the range ", low, " to ", high, " is empty");
        return at::clamp(value(x), low, high);
    });
}

int ctorch_exp(const ctorch_tensor *x, ctorch_tensor **out) {
    return produced(out, [&] { return at::exp(value(x)); });
}

int ctorch_log(const ctorch_tensor *x, ctorch_tensor **out) {
    return produced(out, [&] { return at::log(value(x)); });
}

int ctorch_absolute(const ctorch_tensor *x, ctorch_tensor **out) {
    return produced(out, [&] { return at::abs(value(x)); });
}

int ctorch_relu(const ctorch_tensor *x, ctorch_tensor **out) {
    return produced(out, [&] { return at::relu(value(x)); });
}

int ctorch_elu(const ctorch_tensor *x, ctorch_tensor **out) {
    return produced(out, [&] { return at::elu(value(x)); });
}

int ctorch_gelu(const ctorch_tensor *x, ctorch_tensor **out) {
    return produced(out, [&] { return at::gelu(value(x)); });
}

int ctorch_softplus(const ctorch_tensor *x, ctorch_tensor **out) {
    return produced(out, [&] { return at::softplus(value(x)); });
}

int ctorch_sigmoid(const ctorch_tensor *x, ctorch_tensor **out) {
    return produced(out, [&] { return at::sigmoid(value(x)); });
}

int ctorch_tanh(const ctorch_tensor *x, ctorch_tensor **out) {
    return produced(out, [&] { return at::tanh(value(x)); });
}

int ctorch_gated_linear_unit(const ctorch_tensor *x, ctorch_tensor **out) {
    return produced(out, [&] { return at::glu(value(x), -1); });
}

int ctorch_add_product(const ctorch_tensor *c, const ctorch_tensor *a, const ctorch_tensor *b, ctorch_tensor **out) {
    return produced(out, [&] {
        return value(a).dim() == 2 ? at::addmm(value(c), value(a), value(b)) : at::baddbmm(value(c), value(a), value(b));
    });
}

int ctorch_matmul(const ctorch_tensor *a, const ctorch_tensor *b, ctorch_tensor **out) {
    return produced(out, [&] { return at::matmul(value(a), value(b)); });
}

int ctorch_softmax(const ctorch_tensor *x, int64_t dimension, ctorch_tensor **out) {
    return produced(out, [&] { return at::softmax(value(x), dimension); });
}

int ctorch_log_softmax(const ctorch_tensor *x, int64_t dimension, ctorch_tensor **out) {
    return produced(out, [&] { return at::log_softmax(value(x), dimension); });
}

int ctorch_sum(const ctorch_tensor *x, ctorch_tensor **out) {
    return produced(out, [&] { return at::sum(value(x)); });
}

int ctorch_sum_over(const ctorch_tensor *x, int64_t dimension, ctorch_tensor **out) {
    return produced(out, [&] { return at::sum(value(x), at::IntArrayRef(&dimension, 1)); });
}

int ctorch_mean(const ctorch_tensor *x, ctorch_tensor **out) {
    return produced(out, [&] { return at::mean(value(x)); });
}

int ctorch_mean_over(const ctorch_tensor *x, int64_t dimension, ctorch_tensor **out) {
    return produced(out, [&] { return at::mean(value(x), at::IntArrayRef(&dimension, 1)); });
}

int ctorch_maximum_over(const ctorch_tensor *x, int64_t dimension, ctorch_tensor **out) {
    return produced(out, [&] { return std::get<0>(at::max(value(x), dimension)); });
}

int ctorch_argument_of_maximum(const ctorch_tensor *x, int64_t dimension, ctorch_tensor **out) {
    return produced(out, [&] { return at::argmax(value(x), dimension); });
}
