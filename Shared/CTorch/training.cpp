// Gradients and the optimizer.
#include <cmath>

#include "internal.h"

using namespace ctorch;

int ctorch_set_requires_gradient(ctorch_tensor *tensor, int on) {
    return guarded([&] { at::Tensor(value(tensor)).requires_grad_(on != 0); });
}

int ctorch_backward(const ctorch_tensor *loss) {
    return guarded([&] { value(loss).backward(); });
}

int ctorch_gradient(const ctorch_tensor *tensor, ctorch_tensor **out) {
    return guarded([&] {
        TORCH_CHECK(out != nullptr, "no place for the result");
        *out = nullptr;
        const auto &gradient = value(tensor).grad();
        if (gradient.defined()) *out = new ctorch_tensor{gradient};
    });
}

int ctorch_clear_gradient(ctorch_tensor *tensor) {
    return guarded([&] { at::Tensor(value(tensor)).mutable_grad().reset(); });
}

// torch.nn.utils.clip_grad_norm_: coefficient = maximum / (norm + 1e-6), at most 1.
int ctorch_clip_gradient_norm(const ctorch_tensor *const *parameters, int count, double maximum, double *norm) {
    return guarded([&] {
        c10::NoGradGuard unrecorded;
        TORCH_CHECK(norm != nullptr, "no place for the norm");
        TORCH_CHECK(maximum > 0, "the largest norm ", maximum, " is not positive");
        std::vector<at::Tensor> gradients, norms;
        for (auto &parameter : list(parameters, count)) {
            if (!parameter.grad().defined()) continue;
            gradients.push_back(parameter.grad());
            norms.push_back(at::linalg_vector_norm(parameter.grad(), 2));
        }
        *norm = 0;
        if (gradients.empty()) return;
        *norm = at::linalg_vector_norm(at::stack(norms), 2).item().toDouble();
        if (!std::isfinite(*norm)) return;
        double coefficient = maximum / (*norm + 1e-6);
        if (coefficient < 1)
            for (auto &gradient : gradients) gradient.mul_(coefficient);
    });
}

int ctorch_adamw_step(
    const ctorch_tensor *const *parameters, const ctorch_tensor *const *first_moments,
    const ctorch_tensor *const *second_moments, const ctorch_tensor *const *steps, int count, double learning_rate,
    double beta1, double beta2, double epsilon, double weight_decay) {
    return guarded([&] {
        c10::NoGradGuard unrecorded;
        auto values = list(parameters, count), first = list(first_moments, count);
        auto second = list(second_moments, count), counters = list(steps, count);
        std::vector<at::Tensor> p, g, m, v, s;
        for (int i = 0; i < count; i++) {
            const auto &gradient = values[i].grad();
            if (!gradient.defined()) continue;
            TORCH_CHECK(
                first[i].sizes() == values[i].sizes() && second[i].sizes() == values[i].sizes(),
                "moments of parameter ", i, " are not of shape ", values[i].sizes());
            TORCH_CHECK(
                first[i].scalar_type() == values[i].scalar_type() && second[i].scalar_type() == values[i].scalar_type(),
                "moments of parameter ", i, " have another element type");
            TORCH_CHECK(
                counters[i].numel() == 1 && counters[i].scalar_type() == at::kFloat, "the step counter of parameter ",
                i, " is not one float32");
            p.push_back(values[i]);
            g.push_back(gradient);
            m.push_back(first[i]);
            v.push_back(second[i]);
            s.push_back(counters[i]);
        }
        if (p.empty()) return;
        at::_foreach_add_(s, 1);
        at::_fused_adamw_(p, g, m, v, {}, s, learning_rate, beta1, beta2, weight_decay, epsilon, false, false);
    });
}
