#include "raw_zmq.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <zmq.h>

enum { envelope_bytes = 56, high_water_mark = 4000000 };
static const char topic[] = "features/binance.BTC-USDT/1m/";
static const char watermark_topic[] = "watermark/";

int64_t raw_zmq_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int64_t raw_zmq_sleep_until(int64_t due) {
    int64_t now;
    while ((now = raw_zmq_now()) < due) {
        struct timespec pause = {0, due - now};
        nanosleep(&pause, NULL);
    }
    return now;
}

static int set(void *socket, int option, int value) { return zmq_setsockopt(socket, option, &value, sizeof value); }

static int send_message(
    void *socket, const char *first, size_t first_bytes, const char *envelope, const char *payload, size_t bytes) {
    if (zmq_send(socket, first, first_bytes, ZMQ_SNDMORE) == -1) return zmq_errno();
    if (zmq_send(socket, envelope, envelope_bytes, ZMQ_SNDMORE) == -1) return zmq_errno();
    if (zmq_send(socket, payload, bytes, 0) == -1) return zmq_errno();
    return 0;
}

static int send_messages(void *socket, const struct raw_zmq_run *run, char *payload) {
    char envelope[envelope_bytes] = {0};
    int64_t due = raw_zmq_now();
    for (int64_t index = 0; index < run->messages; index++) {
        int64_t now = 0;
        if (run->interval > 0) {
            due += run->interval;
            now = raw_zmq_sleep_until(due);
        }
        memcpy(envelope + 48, &now, sizeof now);
        int error = send_message(socket, topic, sizeof topic - 1, envelope, payload, run->payload_bytes);
        if (error == 0 && (index + 1) % run->batch == 0) {
            error = send_message(
                socket, watermark_topic, sizeof watermark_topic - 1, envelope, payload, run->watermark_bytes);
        }
        if (error != 0) return error;
    }
    return 0;
}

int raw_zmq_publish(const struct raw_zmq_run *run, int64_t *started) {
    void *context = zmq_ctx_new();
    void *socket = zmq_socket(context, ZMQ_XPUB);
    char *payload = calloc(1, run->payload_bytes + 1);
    char subscription[64];
    int error = 0;
    set(socket, ZMQ_LINGER, 0);
    set(socket, ZMQ_SNDHWM, high_water_mark);
    if (zmq_bind(socket, run->endpoint) == -1 || zmq_recv(socket, subscription, sizeof subscription, 0) == -1) {
        error = zmq_errno();
    } else {
        *started = raw_zmq_now();
        error = send_messages(socket, run, payload);
        // The subscriber takes its subscription back when it goes.
        if (error == 0 && zmq_recv(socket, subscription, sizeof subscription, 0) == -1) error = zmq_errno();
    }
    free(payload);
    zmq_close(socket);
    zmq_ctx_term(context);
    return error;
}

static int is_watermark(zmq_msg_t *first) { return *(char *)zmq_msg_data(first) == watermark_topic[0]; }

// Receives the three frames of a message; the first with `flags`.
static int receive_message(void *socket, zmq_msg_t *frames, int flags) {
    for (int frame = 0; frame < 3; frame++) {
        if (zmq_msg_recv(&frames[frame], socket, frame == 0 ? flags : 0) == -1) return zmq_errno();
    }
    return 0;
}

static int receive_messages(void *socket, const struct raw_zmq_run *run, zmq_msg_t *frames, int64_t *latencies) {
    int64_t received = 0;
    while (received < run->messages) {
        // The same loop as the bus: wait for one message, then take what has arrived, at most 256.
        zmq_pollitem_t item = {socket, 0, ZMQ_POLLIN, 0};
        if (zmq_poll(&item, 1, -1) == -1) return zmq_errno();
        for (int taken = 0; taken < 256 && received < run->messages; taken++) {
            int error = receive_message(socket, frames, ZMQ_DONTWAIT);
            if (error == EAGAIN) break;
            if (error != 0) return error;
            if (is_watermark(&frames[0])) continue;
            if (latencies) {
                int64_t sent;
                memcpy(&sent, (char *)zmq_msg_data(&frames[1]) + 48, sizeof sent);
                latencies[received] = raw_zmq_now() - sent;
            }
            received++;
        }
    }
    return 0;
}

static int relay_messages(void *input, void *output, int64_t messages, zmq_msg_t *frames) {
    for (int64_t relayed = 0; relayed < messages;) {
        int error = receive_message(input, frames, 0);
        if (error != 0) return error;
        if (!is_watermark(&frames[0])) relayed++;
        for (int frame = 0; frame < 3; frame++) {
            if (zmq_msg_send(&frames[frame], output, frame < 2 ? ZMQ_SNDMORE : 0) == -1) return zmq_errno();
        }
    }
    return 0;
}

int raw_zmq_relay(const struct raw_zmq_run *run, const char *from) {
    void *context = zmq_ctx_new();
    void *input = zmq_socket(context, ZMQ_SUB);
    void *output = zmq_socket(context, ZMQ_XPUB);
    zmq_msg_t frames[3];
    char subscription[64];
    int error = 0;
    for (int frame = 0; frame < 3; frame++) zmq_msg_init(&frames[frame]);
    set(input, ZMQ_LINGER, 0);
    set(output, ZMQ_LINGER, 0);
    set(input, ZMQ_RECONNECT_IVL, 10);
    // It subscribes when somebody listens to it, so that the first publisher begins when the whole chain stands.
    if (zmq_bind(output, run->endpoint) == -1 || zmq_recv(output, subscription, sizeof subscription, 0) == -1 ||
        zmq_setsockopt(input, ZMQ_SUBSCRIBE, "", 0) == -1 || zmq_connect(input, from) == -1) {
        error = zmq_errno();
    } else {
        error = relay_messages(input, output, run->messages, frames);
        if (error == 0 && zmq_recv(output, subscription, sizeof subscription, 0) == -1) error = zmq_errno();
    }
    for (int frame = 0; frame < 3; frame++) zmq_msg_close(&frames[frame]);
    zmq_close(input);
    zmq_close(output);
    zmq_ctx_term(context);
    return error;
}

int raw_zmq_receive(const struct raw_zmq_run *run, int64_t *ended, int64_t *latencies) {
    void *context = zmq_ctx_new();
    void *socket = zmq_socket(context, ZMQ_SUB);
    zmq_msg_t frames[3];
    for (int frame = 0; frame < 3; frame++) zmq_msg_init(&frames[frame]);
    set(socket, ZMQ_LINGER, 0);
    set(socket, ZMQ_RCVHWM, high_water_mark);
    set(socket, ZMQ_RECONNECT_IVL, 10);
    int error = 0;
    if (zmq_setsockopt(socket, ZMQ_SUBSCRIBE, "", 0) == -1 || zmq_connect(socket, run->endpoint) == -1) {
        error = zmq_errno();
    } else {
        error = receive_messages(socket, run, frames, latencies);
        *ended = raw_zmq_now();
    }
    for (int frame = 0; frame < 3; frame++) zmq_msg_close(&frames[frame]);
    zmq_close(socket);
    zmq_ctx_term(context);
    return error;
}
