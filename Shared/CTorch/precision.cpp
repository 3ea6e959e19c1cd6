// Mixed precision.
#include <ATen/autocast_mode.h>

#include "internal.h"

using namespace ctorch;

// The weights are cast anew each time: libtorch's cache of casts is shared by all threads, and one that was filled
// without gradients would lose those of another thread.
int ctorch_set_autocast(int number, int on, int *previous) {
    return guarded([&] {
        auto kind = device(number).type();
        if (previous != nullptr) *previous = at::autocast::is_autocast_enabled(kind);
        if (on) {
            at::autocast::set_autocast_dtype(kind, at::kBFloat16);
            at::autocast::set_autocast_cache_enabled(false);
        }
        at::autocast::set_autocast_enabled(kind, on != 0);
    });
}
