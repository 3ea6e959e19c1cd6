// Losses, with the checks that libtorch leaves to Python.
#include "internal.h"

using namespace ctorch;

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

int ctorch_huber(
    const ctorch_tensor *predictions, const ctorch_tensor *targets, double delta, ctorch_tensor **out) {
    return produced(out, [&] {
        TORCH_CHECK(
            value(predictions).sizes() == value(targets).sizes(), "targets ", value(targets).sizes(),
            " are not of shape ", value(predictions).sizes());
        return at::huber_loss(value(predictions), value(targets), at::Reduction::None, delta);
    });
}
