#include "raw_zmq.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <zmq.h>

enum { envelope_bytes = 56, high_water_mark = 4000000 };
static const char topic[] = "features/binance.BTC-USDT/1m/";

int64_t raw_zmq_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static int set(void *socket, int option, int value) { return zmq_setsockopt(socket, option, &value, sizeof value); }

static int send_messages(void *socket, const struct raw_zmq_run *run, char *payload) {
    char envelope[envelope_bytes] = {0};
    int64_t due = raw_zmq_now();
    for (int64_t index = 0; index < run->messages; index++) {
        int64_t now = 0;
        if (run->interval > 0) {
            due += run->interval;
            while ((now = raw_zmq_now()) < due) {
                struct timespec pause = {0, due - now};
                nanosleep(&pause, NULL);
            }
        }
        memcpy(envelope + 48, &now, sizeof now);
        if (zmq_send(socket, topic, sizeof topic - 1, ZMQ_SNDMORE) == -1) return zmq_errno();
        if (zmq_send(socket, envelope, sizeof envelope, ZMQ_SNDMORE) == -1) return zmq_errno();
        if (zmq_send(socket, payload, run->payload_bytes, 0) == -1) return zmq_errno();
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
