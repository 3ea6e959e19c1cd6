// The same elements in other places, or as another type.
#include "internal.h"

using namespace ctorch;

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

int ctorch_unsqueeze(const ctorch_tensor *x, int64_t dimension, ctorch_tensor **out) {
    return produced(out, [&] { return at::unsqueeze(value(x), dimension); });
}

int ctorch_gather(const ctorch_tensor *x, int64_t dimension, const ctorch_tensor *index, ctorch_tensor **out) {
    return produced(out, [&] { return at::gather(value(x), dimension, value(index)); });
}

int ctorch_index_select(const ctorch_tensor *x, int64_t dimension, const ctorch_tensor *index, ctorch_tensor **out) {
    return produced(out, [&] { return at::index_select(value(x), dimension, value(index)); });
}

int ctorch_unfold(const ctorch_tensor *x, int64_t dimension, int64_t size, int64_t step, ctorch_tensor **out) {
    return produced(out, [&] { return value(x).unfold(dimension, size, step); });
}

int ctorch_concatenate(const ctorch_tensor *const *parts, int count, int64_t dimension, ctorch_tensor **out) {
    return produced(out, [&] { return at::cat(list(parts, count), dimension); });
}

int ctorch_stack(const ctorch_tensor *const *parts, int count, int64_t dimension, ctorch_tensor **out) {
    return produced(out, [&] { return at::stack(list(parts, count), dimension); });
}

int ctorch_to_type(const ctorch_tensor *x, int type, ctorch_tensor **out) {
    return produced(out, [&] { return value(x).to(scalar(type)); });
}
