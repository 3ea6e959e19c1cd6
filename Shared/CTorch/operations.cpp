// Arithmetic, shapes, layers and losses: one line each, plus the checks that libtorch leaves to Python.
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

int ctorch_scale(const ctorch_tensor *a, double factor, ctorch_tensor **out) {
    return produced(out, [&] { return at::mul(value(a), factor); });
}

int ctorch_matmul(const ctorch_tensor *a, const ctorch_tensor *b, ctorch_tensor **out) {
    return produced(out, [&] { return at::matmul(value(a), value(b)); });
}

int ctorch_relu(const ctorch_tensor *x, ctorch_tensor **out) {
    return produced(out, [&] { return at::relu(value(x)); });
}

int ctorch_sigmoid(const ctorch_tensor *x, ctorch_tensor **out) {
    return produced(out, [&] { return at::sigmoid(value(x)); });
}

int ctorch_tanh(const ctorch_tensor *x, ctorch_tensor **out) {
    return produced(out, [&] { return at::tanh(value(x)); });
}

int ctorch_softmax(const ctorch_tensor *x, int64_t dimension, ctorch_tensor **out) {
    return produced(out, [&] { return at::softmax(value(x), dimension); });
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

int ctorch_reshape(const ctorch_tensor *x, const int64_t *shape, int rank, ctorch_tensor **out) {
    return produced(out, [&] { return at::reshape(value(x), sizes(shape, rank)); });
}

int ctorch_transpose(const ctorch_tensor *x, int64_t first, int64_t second, ctorch_tensor **out) {
    return produced(out, [&] { return at::transpose(value(x), first, second); });
}

int ctorch_select(const ctorch_tensor *x, int64_t dimension, int64_t index, ctorch_tensor **out) {
    return produced(out, [&] { return at::select(value(x), dimension, index); });
}

int ctorch_narrow(const ctorch_tensor *x, int64_t dimension, int64_t start, int64_t length, ctorch_tensor **out) {
    return produced(out, [&] { return at::narrow(value(x), dimension, start, length); });
}

int ctorch_concatenate(const ctorch_tensor *const *parts, int count, int64_t dimension, ctorch_tensor **out) {
    return produced(out, [&] { return at::cat(list(parts, count), dimension); });
}

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

int ctorch_dropout(const ctorch_tensor *x, const ctorch_tensor *mask, double kept, ctorch_tensor **out) {
    return produced(out, [&] {
        TORCH_CHECK(kept > 0 && kept <= 1, "the kept share ", kept, " is not in (0, 1]");
        TORCH_CHECK(
            value(x).sizes() == value(mask).sizes(), "mask ", value(mask).sizes(), " is not of shape ",
            value(x).sizes());
        return at::mul(value(x), at::mul(value(mask), 1 / kept));
    });
}

int ctorch_lstm(
    const ctorch_tensor *x, const ctorch_tensor *hidden, const ctorch_tensor *cell,
    const ctorch_tensor *const *parameters, int parameter_count, int layers, ctorch_tensor **output,
    ctorch_tensor **last_hidden, ctorch_tensor **last_cell) {
    return guarded([&] {
        TORCH_CHECK(output && last_hidden && last_cell, "no place for the result");
        TORCH_CHECK(
            layers >= 1 && parameter_count == 4 * layers, "an LSTM of ", layers, " layers has not ", parameter_count,
            " parameters");
        const auto &input = value(x), &start = value(hidden), &memory = value(cell);
        auto weights = list(parameters, parameter_count);
        TORCH_CHECK(input.dim() == 3, "the input must be [batch, time, feature], not ", input.sizes());
        TORCH_CHECK(input.size(1) > 0, "the input has no time steps: ", input.sizes());
        TORCH_CHECK(
            start.dim() == 3 && start.size(0) == layers && start.size(1) == input.size(0), "hidden state ",
            start.sizes(), " does not fit input ", input.sizes());
        TORCH_CHECK(memory.sizes() == start.sizes(), "cell state ", memory.sizes(), " is not of shape ", start.sizes());
        int64_t width = start.size(2);
        for (int layer = 0; layer < layers; layer++) {
            int64_t inputs = layer == 0 ? input.size(2) : width;
            const at::Tensor *w = &weights[4 * layer];
            TORCH_CHECK(
                w[0].sizes() == at::IntArrayRef({4 * width, inputs}), "weight_ih_l", layer, " ", w[0].sizes(),
                " does not fit input ", input.sizes());
            TORCH_CHECK(
                w[1].sizes() == at::IntArrayRef({4 * width, width}), "weight_hh_l", layer, " ", w[1].sizes(),
                " does not fit hidden size ", width);
            TORCH_CHECK(
                w[2].sizes() == at::IntArrayRef({4 * width}) && w[3].sizes() == w[2].sizes(), "biases of layer ", layer,
                " do not fit hidden size ", width);
            for (int i = 0; i < 4; i++)
                TORCH_CHECK(w[i].scalar_type() == input.scalar_type(), "input and parameters differ in element type");
        }
        auto result = at::lstm(input, {start, memory}, weights, true, layers, 0.0, false, false, true);
        auto first = std::make_unique<ctorch_tensor>(ctorch_tensor{std::get<0>(result)});
        auto second = std::make_unique<ctorch_tensor>(ctorch_tensor{std::get<1>(result)});
        *last_cell = new ctorch_tensor{std::get<2>(result)};
        *last_hidden = second.release();
        *output = first.release();
    });
}

int ctorch_binary_cross_entropy(
    const ctorch_tensor *logits, const ctorch_tensor *targets, const ctorch_tensor *positive_weight,
    ctorch_tensor **out) {
    return produced(out, [&] {
        TORCH_CHECK(
            value(logits).sizes() == value(targets).sizes(), "targets ", value(targets).sizes(), " are not of shape ",
            value(logits).sizes());
        return at::binary_cross_entropy_with_logits(value(logits), value(targets), {}, optional(positive_weight));
    });
}

int ctorch_cross_entropy(
    const ctorch_tensor *logits, const ctorch_tensor *labels, const ctorch_tensor *class_weights, double smoothing,
    ctorch_tensor **out) {
    return produced(out, [&] {
        TORCH_CHECK(
            value(logits).dim() == 2 && value(labels).dim() == 1,
            "logits must be [batch, class] and labels [batch], not ", value(logits).sizes(), " and ",
            value(labels).sizes());
        return at::cross_entropy_loss(
            value(logits), value(labels), optional(class_weights), at::Reduction::Mean, -100, smoothing);
    });
}
