// Gradients and optimizers.
#include <cmath>

#include "internal.h"

using namespace ctorch;

namespace {

// A tensor of an optimizer's state goes with the parameter that it belongs to.
void check_state(const at::Tensor &state, const at::Tensor &parameter, int index) {
    TORCH_CHECK(
        state.sizes() == parameter.sizes(), "the state of parameter ", index, " is not of shape ", parameter.sizes());
    TORCH_CHECK(
        state.scalar_type() == parameter.scalar_type(), "the state of parameter ", index,
        " has another element type");
    TORCH_CHECK(
        state.device() == parameter.device(), "the state of parameter ", index, " is on ", state.device(), ", not on ",
        parameter.device());
}

// The gradients of parameters of one type and device make one vector.
void check_alike(const at::Tensor &parameter, const at::Tensor &first, int index) {
    TORCH_CHECK(
        parameter.scalar_type() == first.scalar_type() && parameter.device() == first.device(), "parameter ", index,
        " differs in element type or device");
}

}  // namespace

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

int ctorch_clip_gradient_values(const ctorch_tensor *const *parameters, int count, double maximum) {
    return guarded([&] {
        c10::NoGradGuard unrecorded;
        TORCH_CHECK(maximum > 0, "the largest value ", maximum, " is not positive");
        for (auto &parameter : list(parameters, count))
            if (parameter.grad().defined()) parameter.mutable_grad().clamp_(-maximum, maximum);
    });
}

int ctorch_flat_gradients(const ctorch_tensor *const *parameters, int count, double factor, ctorch_tensor **out) {
    return produced(out, [&] {
        c10::NoGradGuard unrecorded;
        auto values = list(parameters, count);
        TORCH_CHECK(!values.empty(), "there are no parameters");
        std::vector<at::Tensor> parts;
        auto present = at::zeros({count}, at::kDouble);
        for (int i = 0; i < count; i++) {
            check_alike(values[i], values[0], i);
            const auto &gradient = values[i].grad();
            parts.push_back(
                gradient.defined() ? gradient.reshape({-1}) * factor
                                   : at::zeros({values[i].numel()}, values[i].options()));
            present[i] = gradient.defined() ? 1 : 0;
        }
        parts.push_back(present.to(values[0].options()));
        return at::cat(parts);
    });
}

int ctorch_assign_gradients(const ctorch_tensor *const *parameters, int count, const ctorch_tensor *flat) {
    return guarded([&] {
        c10::NoGradGuard unrecorded;
        auto values = list(parameters, count);
        const auto &elements = value(flat);
        int64_t total = count;
        for (int i = 0; i < count; i++) {
            check_alike(values[i], elements, i);
            total += values[i].numel();
        }
        TORCH_CHECK(
            elements.dim() == 1 && elements.numel() == total, "a vector of ", total, " elements is needed, not ",
            elements.sizes());
        auto present = elements.narrow(0, total - count, count).to(at::kCPU, at::kDouble);
        int64_t start = 0;
        for (int i = 0; i < count; i++) {
            auto gradient = elements.narrow(0, start, values[i].numel()).view(values[i].sizes()).clone();
            start += values[i].numel();
            if (present[i].item().toDouble() > 0)
                values[i].mutable_grad() = gradient;
            else
                values[i].mutable_grad().reset();
        }
    });
}

int ctorch_adam_step(
    const ctorch_tensor *const *parameters, const ctorch_tensor *const *first_moments,
    const ctorch_tensor *const *second_moments, const ctorch_tensor *const *steps, int count, double learning_rate,
    double beta1, double beta2, double epsilon, double weight_decay, int decoupled) {
    return guarded([&] {
        c10::NoGradGuard unrecorded;
        auto values = list(parameters, count), first = list(first_moments, count);
        auto second = list(second_moments, count), counters = list(steps, count);
        std::vector<at::Tensor> p, g, m, v, s;
        for (int i = 0; i < count; i++) {
            const auto &gradient = values[i].grad();
            if (!gradient.defined()) continue;
            check_state(first[i], values[i], i);
            check_state(second[i], values[i], i);
            TORCH_CHECK(
                counters[i].numel() == 1 && counters[i].scalar_type() == at::kFloat &&
                    counters[i].device() == values[i].device(),
                "the step counter of parameter ", i, " is not one float32 on its device");
            p.push_back(values[i]);
            g.push_back(gradient);
            m.push_back(first[i]);
            v.push_back(second[i]);
            s.push_back(counters[i]);
        }
        if (p.empty()) return;
        at::_foreach_add_(s, 1);
        if (decoupled)
            at::_fused_adamw_(p, g, m, v, {}, s, learning_rate, beta1, beta2, weight_decay, epsilon, false, false);
        else
            at::_fused_adam_(p, g, m, v, {}, s, learning_rate, beta1, beta2, weight_decay, epsilon, false, false);
    });
}

int ctorch_sgd_step(
    const ctorch_tensor *const *parameters, const ctorch_tensor *const *velocities, int count, double learning_rate,
    double momentum) {
    return guarded([&] {
        c10::NoGradGuard unrecorded;
        auto values = list(parameters, count), earlier = list(velocities, count);
        std::vector<at::Tensor> p, g, v;
        for (int i = 0; i < count; i++) {
            const auto &gradient = values[i].grad();
            if (!gradient.defined()) continue;
            check_state(earlier[i], values[i], i);
            p.push_back(values[i]);
            g.push_back(gradient);
            v.push_back(earlier[i]);
        }
        if (p.empty()) return;
        at::_fused_sgd_(p, g, v, 0, momentum, learning_rate, 0, false, false, false);
    });
}
