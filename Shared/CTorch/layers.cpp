// Layers that look at one step or at a few neighbours, and attention.
#include "internal.h"

using namespace ctorch;

int ctorch_linear(const ctorch_tensor *x, const ctorch_tensor *weight, const ctorch_tensor *bias, ctorch_tensor **out) {
    return produced(out, [&] { return at::linear(value(x), value(weight), optional(bias)); });
}

int ctorch_layer_norm(
    const ctorch_tensor *x, const ctorch_tensor *weight, const ctorch_tensor *bias, double epsilon,
    ctorch_tensor **out) {
    return produced(out, [&] {
        TORCH_CHECK(value(x).dim() > 0, "layer norm needs at least one dimension");
        int64_t size = value(x).size(-1);
        return at::layer_norm(value(x), at::IntArrayRef(&size, 1), optional(weight), optional(bias), epsilon);
    });
}

int ctorch_conv1d(
    const ctorch_tensor *x, const ctorch_tensor *weight, const ctorch_tensor *bias, int64_t stride, int64_t padding,
    int64_t dilation, int64_t groups, ctorch_tensor **out) {
    return produced(out, [&] {
        TORCH_CHECK(
            stride > 0 && padding >= 0 && dilation > 0 && groups > 0, "stride ", stride, ", padding ", padding,
            ", dilation ", dilation, " and groups ", groups, " make no convolution");
        TORCH_CHECK(
            value(x).dim() == 3 && value(weight).dim() == 3, "the input must be [batch, channel, time] and the weight ",
            "[outputs, inputs / groups, kernel], not ", value(x).sizes(), " and ", value(weight).sizes());
        return at::conv1d(value(x), value(weight), optional(bias), stride, padding, dilation, groups);
    });
}

int ctorch_max_pool1d(const ctorch_tensor *x, int64_t kernel, int64_t stride, ctorch_tensor **out) {
    return produced(out, [&] {
        TORCH_CHECK(kernel > 0 && stride > 0, "kernel ", kernel, " and stride ", stride, " make no pool");
        TORCH_CHECK(value(x).dim() == 3, "the input must be [batch, channel, time], not ", value(x).sizes());
        return at::max_pool1d(value(x), kernel, stride);
    });
}

int ctorch_average_pool1d(const ctorch_tensor *x, int64_t kernel, int64_t stride, ctorch_tensor **out) {
    return produced(out, [&] {
        TORCH_CHECK(kernel > 0 && stride > 0, "kernel ", kernel, " and stride ", stride, " make no pool");
        TORCH_CHECK(value(x).dim() == 3, "the input must be [batch, channel, time], not ", value(x).sizes());
        return at::avg_pool1d(value(x), kernel, stride);
    });
}

int ctorch_batch_norm(
    const ctorch_tensor *x, const ctorch_tensor *weight, const ctorch_tensor *bias, const ctorch_tensor *running_mean,
    const ctorch_tensor *running_variance, int training, double momentum, double epsilon, ctorch_tensor **out) {
    return produced(out, [&] {
        const auto input = wide(x);
        TORCH_CHECK(input.dim() == 2 || input.dim() == 3, "the input must be [batch, channel] or [batch, channel, ",
            "time], not ", input.sizes());
        at::IntArrayRef channels(&input.sizes()[1], 1);
        for (auto *part : {weight, bias, running_mean, running_variance}) {
            TORCH_CHECK(
                value(part).sizes() == channels, "a parameter of shape ", value(part).sizes(), " does not fit input ",
                input.sizes());
            TORCH_CHECK(
                value(part).scalar_type() == input.scalar_type(), "input and parameters differ in element type");
        }
        TORCH_CHECK(
            !training || input.numel() > input.size(1), "one value a channel has no variance to train on: ",
            input.sizes());
        return at::batch_norm(
            input, value(weight), value(bias), value(running_mean), value(running_variance), training != 0, momentum,
            epsilon, false);
    });
}

int ctorch_attention(
    const ctorch_tensor *query, const ctorch_tensor *key, const ctorch_tensor *values, const ctorch_tensor *mask,
    ctorch_tensor **out) {
    return produced(out, [&] {
        const auto &q = value(query), &k = value(key), &v = value(values);
        TORCH_CHECK(
            q.dim() == 4 && k.dim() == 4 && v.dim() == 4, "queries, keys and values must be [batch, head, time, width], ",
            "not ", q.sizes(), ", ", k.sizes(), " and ", v.sizes());
        TORCH_CHECK(
            q.size(0) == k.size(0) && q.size(1) == k.size(1) && q.size(3) == k.size(3) && k.size(0) == v.size(0) &&
                k.size(1) == v.size(1) && k.size(2) == v.size(2),
            "queries ", q.sizes(), ", keys ", k.sizes(), " and values ", v.sizes(), " do not fit each other");
        return at::scaled_dot_product_attention(q, k, v, optional(mask));
    });
}
