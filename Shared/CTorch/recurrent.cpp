// Recurrent layers. libtorch reads past the end of parameters that do not fit, so they are checked here.
#include "internal.h"

using namespace ctorch;

namespace {

void check_alike(const at::Tensor &part, const at::Tensor &input, const char *name) {
    TORCH_CHECK(part.scalar_type() == input.scalar_type(), "input and ", name, " differ in element type");
    TORCH_CHECK(part.device() == input.device(), "input and ", name, " are on two devices");
}

// Shapes of an input, a first state and the parameters of a cell with so many gates.
void check(
    const at::Tensor &input, const at::Tensor &state, const std::vector<at::Tensor> &parameters, int layers,
    int directions, int64_t gates) {
    TORCH_CHECK(
        layers >= 1 && (int)parameters.size() == 4 * layers * directions, layers, " layers in ", directions,
        " directions have not ", parameters.size(), " parameters");
    TORCH_CHECK(input.dim() == 3, "the input must be [batch, time, feature], not ", input.sizes());
    TORCH_CHECK(input.size(1) > 0, "the input has no time steps: ", input.sizes());
    TORCH_CHECK(
        state.dim() == 3 && state.size(0) == layers * directions && state.size(1) == input.size(0), "hidden state ",
        state.sizes(), " does not fit input ", input.sizes());
    int64_t width = state.size(2);
    for (int cell = 0; cell < layers * directions; cell++) {
        int64_t inputs = cell < directions ? input.size(2) : width * directions;
        const at::Tensor *w = &parameters[4 * cell];
        TORCH_CHECK(
            w[0].sizes() == at::IntArrayRef({gates * width, inputs}), "weight_ih ", w[0].sizes(), " of layer ",
            cell / directions, " does not fit ", inputs, " inputs and hidden size ", width);
        TORCH_CHECK(
            w[1].sizes() == at::IntArrayRef({gates * width, width}), "weight_hh ", w[1].sizes(), " of layer ",
            cell / directions, " does not fit hidden size ", width);
        TORCH_CHECK(
            w[2].sizes() == at::IntArrayRef({gates * width}) && w[3].sizes() == w[2].sizes(), "biases of layer ",
            cell / directions, " do not fit hidden size ", width);
        for (int i = 0; i < 4; i++)
            check_alike(w[i], input, "parameters");
    }
    check_alike(state, input, "state");
}

}  // namespace

int ctorch_lstm(
    const ctorch_tensor *x, const ctorch_tensor *hidden, const ctorch_tensor *cell,
    const ctorch_tensor *const *parameters, int parameter_count, int layers, int bidirectional, ctorch_tensor **output,
    ctorch_tensor **last_hidden, ctorch_tensor **last_cell) {
    return guarded([&] {
        TORCH_CHECK(output && last_hidden && last_cell, "no place for the result");
        const auto input = wide(x), start = wide(hidden), memory = wide(cell);
        auto weights = list(parameters, parameter_count);
        check(input, start, weights, layers, bidirectional ? 2 : 1, 4);
        TORCH_CHECK(memory.sizes() == start.sizes(), "cell state ", memory.sizes(), " is not of shape ", start.sizes());
        check_alike(memory, input, "cell state");
        auto result = at::lstm(input, {start, memory}, weights, true, layers, 0.0, false, bidirectional != 0, true);
        auto first = std::make_unique<ctorch_tensor>(ctorch_tensor{std::get<0>(result)});
        auto second = std::make_unique<ctorch_tensor>(ctorch_tensor{std::get<1>(result)});
        *last_cell = new ctorch_tensor{std::get<2>(result)};
        *last_hidden = second.release();
        *output = first.release();
    });
}

int ctorch_gru(
    const ctorch_tensor *x, const ctorch_tensor *hidden, const ctorch_tensor *const *parameters, int parameter_count,
    int layers, ctorch_tensor **output, ctorch_tensor **last_hidden) {
    return guarded([&] {
        TORCH_CHECK(output && last_hidden, "no place for the result");
        const auto input = wide(x), start = wide(hidden);
        auto weights = list(parameters, parameter_count);
        check(input, start, weights, layers, 1, 3);
        auto result = at::gru(input, start, weights, true, layers, 0.0, false, false, true);
        auto first = std::make_unique<ctorch_tensor>(ctorch_tensor{std::get<0>(result)});
        *last_hidden = new ctorch_tensor{std::get<1>(result)};
        *output = first.release();
    });
}
