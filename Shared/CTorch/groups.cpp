// Data-parallel training: what several processes, or threads, do together, over Gloo.
//
// libtorch brings Gloo along, but not its headers; these are Debian's (libgloo-dev), and older. Nothing here calls Gloo
// or looks into its classes: only c10d's are used, which hold pointers to them.
#define USE_C10D_GLOO
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#include <torch/csrc/distributed/c10d/Store.hpp>

#include <mutex>

#include "internal.h"

using namespace ctorch;

namespace {

// c10d's store over the caller's callbacks. c10d asks for it while ranks connect, and not after that.
class CallbackStore : public c10d::Store {
public:
    CallbackStore(const ctorch_rendezvous &rendezvous, std::chrono::milliseconds timeout)
        : c10d::Store(timeout), rendezvous_(rendezvous) {}

    c10::intrusive_ptr<c10d::Store> clone() override {
        return c10::make_intrusive<CallbackStore>(rendezvous_, timeout_);
    }

    void set(const std::string &key, const std::vector<uint8_t> &bytes) override {
        auto note = bytes;
        uint64_t sum = checksum(key, bytes.data(), bytes.size());
        for (int byte = 0; byte < 8; byte++) note.push_back(uint8_t(sum >> (8 * byte)));
        int status = rendezvous_.set(rendezvous_.context, key.c_str(), note.data(), (int64_t)note.size());
        TORCH_CHECK(status == 0, "the rendezvous cannot set ", key);
    }

    std::vector<uint8_t> get(const std::string &key) override { return get(key, timeout_); }

    int64_t add(const std::string &key, int64_t amount) override {
        int64_t sum = 0;
        TORCH_CHECK(
            rendezvous_.add(rendezvous_.context, key.c_str(), amount, &sum) == 0, "the rendezvous cannot add to ",
            key);
        return sum;
    }

    bool check(const std::vector<std::string> &keys) override {
        for (const auto &key : keys) {
            std::vector<uint8_t> bytes;
            if (ask(key, std::chrono::milliseconds(0), bytes) != 0) return false;
        }
        return true;
    }

    void wait(const std::vector<std::string> &keys) override { wait(keys, timeout_); }

    void wait(const std::vector<std::string> &keys, const std::chrono::milliseconds &timeout) override {
        for (const auto &key : keys) get(key, timeout);
    }

    bool deleteKey(const std::string &) override { return false; }

    int64_t getNumKeys() override { TORCH_CHECK(false, "the rendezvous does not count its keys"); }

private:
    std::vector<uint8_t> get(const std::string &key, std::chrono::milliseconds timeout) {
        std::vector<uint8_t> bytes;
        TORCH_CHECK(ask(key, timeout, bytes) == 0, "nobody has set ", key, " in time");
        TORCH_CHECK(bytes.size() >= 8, "the note ", key, " is damaged");
        size_t size = bytes.size() - 8;
        uint64_t sum = checksum(key, bytes.data(), size);
        for (int byte = 0; byte < 8; byte++)
            TORCH_CHECK(bytes[size + byte] == uint8_t(sum >> (8 * byte)), "the note ", key, " is damaged");
        bytes.resize(size);
        return bytes;
    }

    int ask(const std::string &key, std::chrono::milliseconds timeout, std::vector<uint8_t> &bytes) {
        return rendezvous_.get(rendezvous_.context, key.c_str(), (int64_t)timeout.count(), &take, &bytes);
    }

    // Fowler, Noll and Vo, FNV-1a with 64 bits, of a key and what is under it: Gloo reads notes without a check, and
    // crashes on foreign ones.
    static uint64_t checksum(const std::string &key, const uint8_t *bytes, size_t count) {
        uint64_t sum = 0xcbf29ce484222325;
        auto add = [&](uint8_t byte) { sum = (sum ^ byte) * 0x100000001b3; };
        for (char letter : key) add(uint8_t(letter));
        for (size_t i = 0; i < count; i++) add(bytes[i]);
        return sum;
    }

    static void take(void *place, const uint8_t *bytes, int64_t count) {
        if (count > 0) static_cast<std::vector<uint8_t> *>(place)->assign(bytes, bytes + count);
    }

    ctorch_rendezvous rendezvous_;
};

enum Operation : int64_t { SUM, BROADCAST, BARRIER };

}  // namespace

struct ctorch_group {
    c10::intrusive_ptr<c10d::ProcessGroupGloo> gloo;
    int size;
    bool has_failed = false;
    std::mutex in_use;
};

namespace {

// Runs one operation of all ranks: `prepare` refuses what this rank was given, and gives what is done with the others.
template <class Prepare>
int together(ctorch_group *group, Prepare &&prepare) {
    return guarded([&] {
        TORCH_CHECK(group != nullptr, "a group is missing");
        std::lock_guard<std::mutex> lock(group->in_use);
        TORCH_CHECK(!group->has_failed, "the group has failed before, and its ranks may be out of step");
        c10::NoGradGuard unrecorded;
        auto communicate = prepare();
        group->has_failed = true;
        communicate();
        group->has_failed = false;
    });
}

void all_reduce(ctorch_group *group, at::Tensor tensor, c10d::ReduceOp::RedOpType operation) {
    std::vector<at::Tensor> tensors{tensor};
    c10d::AllreduceOptions options;
    options.reduceOp = operation;
    group->gloo->allreduce(tensors, options)->wait();
}

// Gloo ends the process when one rank sends more than another awaits, so all first tell each other what they are about
// to do.
void agree(ctorch_group *group, Operation operation, const at::Tensor &tensor, int root) {
    std::vector<int64_t> own{operation, tensor.numel(), (int64_t)tensor.scalar_type(), root};
    std::vector<int64_t> both(own);
    for (auto number : own) both.push_back(-number);
    auto largest = at::tensor(both, at::kLong);
    all_reduce(group, largest, c10d::ReduceOp::MAX);
    auto found = largest.const_data_ptr<int64_t>();
    for (size_t i = 0; i < own.size(); i++)
        TORCH_CHECK(
            found[i] == -found[i + own.size()], "the ranks are out of step: they differ in operation, count, element ",
            "type or root");
}

// A copy of the elements where Gloo can reach them: on the processor, one after another.
at::Tensor reachable(const at::Tensor &tensor) {
    auto type = tensor.scalar_type();
    TORCH_CHECK(
        type == at::kFloat || type == at::kDouble || type == at::kLong, "element type ", type, " cannot be sent");
    return tensor.detach().to(at::kCPU).clone(at::MemoryFormat::Contiguous);
}

}  // namespace

int ctorch_group_new(
    const ctorch_rendezvous *rendezvous, int rank, int size, const char *address, int64_t timeout_milliseconds,
    ctorch_group **out) {
    return guarded([&] {
        TORCH_CHECK(out != nullptr, "no place for the result");
        *out = nullptr;
        TORCH_CHECK(
            rendezvous != nullptr && rendezvous->set != nullptr && rendezvous->get != nullptr &&
                rendezvous->add != nullptr,
            "a rendezvous is missing");
        TORCH_CHECK(size >= 1 && size <= 1024, "a group cannot have ", size, " ranks");
        TORCH_CHECK(rank >= 0 && rank < size, "rank ", rank, " is not in a group of ", size);
        TORCH_CHECK(address != nullptr, "an address is missing");
        TORCH_CHECK(
            timeout_milliseconds >= 1 && timeout_milliseconds <= 86'400'000, "a timeout of ", timeout_milliseconds,
            " ms is not in 1 ms to 1 day");
        std::chrono::milliseconds timeout(timeout_milliseconds);
        auto options = c10d::ProcessGroupGloo::Options::create(timeout);
        options->threads = 1;
        options->devices.push_back(c10d::ProcessGroupGloo::createDeviceForHostname(address));
        auto store = c10::make_intrusive<CallbackStore>(*rendezvous, timeout);
        auto group = std::make_unique<ctorch_group>();
        group->size = size;
        group->gloo = c10::make_intrusive<c10d::ProcessGroupGloo>(store, rank, size, options);
        // A rank that left now would break the connecting of slower ones.
        agree(group.get(), BARRIER, at::empty({0}, at::kLong), 0);
        *out = group.release();
    });
}

void ctorch_group_free(ctorch_group *group) {
    (void)guarded([&] { delete group; });
}

int ctorch_group_sum(ctorch_group *group, ctorch_tensor *tensor) {
    return together(group, [&] {
        auto target = value(tensor);
        return [group, target, elements = reachable(target)] {
            agree(group, SUM, elements, 0);
            if (elements.numel() > 0) all_reduce(group, elements, c10d::ReduceOp::SUM);
            target.copy_(elements);
        };
    });
}

int ctorch_group_broadcast(ctorch_group *group, ctorch_tensor *tensor, int root) {
    return together(group, [&] {
        TORCH_CHECK(root >= 0 && root < group->size, "rank ", root, " is not in a group of ", group->size);
        auto target = value(tensor);
        return [group, target, root, elements = reachable(target)] {
            agree(group, BROADCAST, elements, root);
            if (elements.numel() == 0) return;
            std::vector<at::Tensor> tensors{elements};
            c10d::BroadcastOptions options;
            options.rootRank = root;
            group->gloo->broadcast(tensors, options)->wait();
            target.copy_(elements);
        };
    });
}

// To agree is to have met.
int ctorch_group_barrier(ctorch_group *group) {
    return together(group, [&] { return [group] { agree(group, BARRIER, at::empty({0}, at::kLong), 0); }; });
}
