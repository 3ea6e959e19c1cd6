#pragma once
#include <stddef.h>
#include <stdint.h>

// The peer that the bus is measured against: the same three frames through libzmq with nothing around it.
// Every function returns 0, or the number of an error of libzmq. Times are nanoseconds of CLOCK_MONOTONIC.

// The messages of one run.
struct raw_zmq_run {
    const char *endpoint;
    int64_t messages;
    size_t payload_bytes;
    // Time between two messages; 0 sends without a pause.
    int64_t interval;
};

// Binds, waits for one subscription and sends the messages; returns when the subscriber has gone.
int raw_zmq_publish(const struct raw_zmq_run *run, int64_t *started);

// Connects and receives the messages. Where `latencies` is not null it has room for one time per message: from sending
// to receiving.
int raw_zmq_receive(const struct raw_zmq_run *run, int64_t *ended, int64_t *latencies);

int64_t raw_zmq_now(void);
