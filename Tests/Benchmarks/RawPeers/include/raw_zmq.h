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
    // After so many messages comes a short one of so many bytes, as a watermark ends a batch; it is not counted.
    int64_t batch;
    size_t watermark_bytes;
    // Time between two messages; 0 sends without a pause.
    int64_t interval;
};

// Binds, waits for one subscription and sends the messages; returns when the subscriber has gone.
int raw_zmq_publish(const struct raw_zmq_run *run, int64_t *started);

// Connects and receives the messages. Where `latencies` is not null it has room for one time per message: from sending
// to receiving.
int raw_zmq_receive(const struct raw_zmq_run *run, int64_t *ended, int64_t *latencies);

// Receives the messages from one endpoint and publishes each again at the other, as a service between two others does.
int raw_zmq_relay(const struct raw_zmq_run *run, const char *from);

int64_t raw_zmq_now(void);

// Sleeps until the clock has come to `due`; returns the time.
int64_t raw_zmq_sleep_until(int64_t due);
