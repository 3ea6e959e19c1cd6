// A plain C door to libtorch: tensors, autograd, kernels.
//
// Every fallible function returns 0, or -1 and leaves a message in ctorch_last_error() (thread local). Results come
// back by out-pointer and are owned by the caller (ctorch_free). No C++ exception leaves this library, and no argument
// ends the process: null handles, foreign shapes and counts that do not fit are refused like any other error.
// Nothing here reads a global random state: whoever wants randomness brings a generator.
#ifndef CTORCH_H
#define CTORCH_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ctorch_tensor ctorch_tensor;
typedef struct ctorch_generator ctorch_generator;

enum { CTORCH_FLOAT32 = 0, CTORCH_FLOAT64 = 1, CTORCH_INT64 = 2 };

// A device is this, or the number, from 0, of a CUDA card.
enum { CTORCH_CPU = -1 };

// MARK: runtime

// The message of this thread's last failure; valid until the next failure on the same thread.
const char *ctorch_last_error(void);
// The version of the libtorch that was compiled against, for example "2.13.0".
const char *ctorch_version(void);
// The number of threads that this thread's operations use.
int ctorch_threads(int *out);
// Sets it for the calling thread alone, and returns the earlier number; other threads keep theirs.
int ctorch_set_threads(int count, int *previous);
// Tells glibc to keep large blocks instead of giving them back after each step; training re-uses them.
// Fills `accepted` with 1 when the C library took all three thresholds.
int ctorch_keep_large_blocks(int *accepted);
// Switches the recording of gradients for the calling thread; returns the earlier state.
int ctorch_set_gradient_mode(int on, int *previous);

// MARK: devices

// The number of CUDA cards that this libtorch can use; 0 where it was built without CUDA.
int ctorch_cuda_count(int *out);
int ctorch_device(const ctorch_tensor *tensor, int *out);
// The elements on a device; the tensor itself where it is there already. Recorded: the gradient comes back.
int ctorch_to_device(const ctorch_tensor *x, int device, ctorch_tensor **out);
// Brings a tensor's elements and its gradient to a device. It stays the same leaf for all that hold it. Not for tensors
// with a history, which would not fit to it any more.
int ctorch_move(ctorch_tensor *tensor, int device);

// MARK: precision

// Switches, for the calling thread, whether matrix products, convolutions, attention and recurrent layers on devices of
// this kind are computed in bfloat16; returns the earlier state. What they give is bfloat16 then, which counts as
// float32 in ctorch_type and is read like it. libtorch computes losses in float32 meanwhile, and batch normalisation
// and recurrent layers take their inputs as such.
int ctorch_set_autocast(int device, int on, int *previous);

// MARK: random numbers

// Draws on the device of the tensor that is drawn; equal seeds give equal draws on devices of one kind, and others on
// another kind.
int ctorch_generator_new(uint64_t seed, ctorch_generator **out);
void ctorch_generator_free(ctorch_generator *generator);

// MARK: making and reading

// `count` is the number of elements behind the pointer; it must be the product of the shape.
int ctorch_from_float(const float *values, int64_t count, const int64_t *shape, int rank, ctorch_tensor **out);
int ctorch_from_double(const double *values, int64_t count, const int64_t *shape, int rank, ctorch_tensor **out);
int ctorch_from_int64(const int64_t *values, int64_t count, const int64_t *shape, int rank, ctorch_tensor **out);
int ctorch_full(const int64_t *shape, int rank, int type, int device, double value, ctorch_tensor **out);
// Draws from [low, high).
int ctorch_uniform(
    const int64_t *shape, int rank, int type, int device, double low, double high, ctorch_generator *generator,
    ctorch_tensor **out);
void ctorch_free(ctorch_tensor *tensor);

// What autocast has computed in bfloat16 is said to be float32, so that what is made to go with it is.
int ctorch_type(const ctorch_tensor *tensor, int *out);
int ctorch_rank(const ctorch_tensor *tensor, int *out);
// Fills `out`, which has room for `rank` numbers.
int ctorch_shape(const ctorch_tensor *tensor, int64_t *out, int rank);
int ctorch_count(const ctorch_tensor *tensor, int64_t *out);
int ctorch_read_float(const ctorch_tensor *tensor, float *out, int64_t count);
int ctorch_read_double(const ctorch_tensor *tensor, double *out, int64_t count);
int ctorch_read_int64(const ctorch_tensor *tensor, int64_t *out, int64_t count);
// The one element of a tensor of one element.
int ctorch_item(const ctorch_tensor *tensor, double *out);
// Overwrites the elements of `tensor` by those of `source`, which has the same shape. Not recorded.
int ctorch_assign(ctorch_tensor *tensor, const ctorch_tensor *source);
int ctorch_clone(const ctorch_tensor *tensor, ctorch_tensor **out);
int ctorch_detach(const ctorch_tensor *tensor, ctorch_tensor **out);

// MARK: arithmetic

int ctorch_add(const ctorch_tensor *a, const ctorch_tensor *b, ctorch_tensor **out);
int ctorch_subtract(const ctorch_tensor *a, const ctorch_tensor *b, ctorch_tensor **out);
int ctorch_multiply(const ctorch_tensor *a, const ctorch_tensor *b, ctorch_tensor **out);
int ctorch_divide(const ctorch_tensor *a, const ctorch_tensor *b, ctorch_tensor **out);
// The larger or the smaller of two elements.
int ctorch_maximum(const ctorch_tensor *a, const ctorch_tensor *b, ctorch_tensor **out);
int ctorch_minimum(const ctorch_tensor *a, const ctorch_tensor *b, ctorch_tensor **out);
int ctorch_scale(const ctorch_tensor *a, double factor, ctorch_tensor **out);
int ctorch_add_number(const ctorch_tensor *a, double number, ctorch_tensor **out);
int ctorch_power(const ctorch_tensor *x, double exponent, ctorch_tensor **out);
// Elements below `low` become `low`, those above `high` become `high`.
int ctorch_clamp(const ctorch_tensor *x, double low, double high, ctorch_tensor **out);
int ctorch_exp(const ctorch_tensor *x, ctorch_tensor **out);
int ctorch_log(const ctorch_tensor *x, ctorch_tensor **out);
int ctorch_absolute(const ctorch_tensor *x, ctorch_tensor **out);
int ctorch_relu(const ctorch_tensor *x, ctorch_tensor **out);
// With alpha 1: x above zero, exp(x) - 1 below.
int ctorch_elu(const ctorch_tensor *x, ctorch_tensor **out);
// x times the standard normal distribution function of x; exact, by erf.
int ctorch_gelu(const ctorch_tensor *x, ctorch_tensor **out);
int ctorch_softplus(const ctorch_tensor *x, ctorch_tensor **out);
int ctorch_sigmoid(const ctorch_tensor *x, ctorch_tensor **out);
int ctorch_tanh(const ctorch_tensor *x, ctorch_tensor **out);
// The first half of the last dimension times the sigmoid of the second.
int ctorch_gated_linear_unit(const ctorch_tensor *x, ctorch_tensor **out);
int ctorch_matmul(const ctorch_tensor *a, const ctorch_tensor *b, ctorch_tensor **out);
// c + a . b, of matrices or stacks of them; c broadcastable to the product.
int ctorch_add_product(const ctorch_tensor *c, const ctorch_tensor *a, const ctorch_tensor *b, ctorch_tensor **out);
int ctorch_softmax(const ctorch_tensor *x, int64_t dimension, ctorch_tensor **out);
int ctorch_log_softmax(const ctorch_tensor *x, int64_t dimension, ctorch_tensor **out);

int ctorch_sum(const ctorch_tensor *x, ctorch_tensor **out);
int ctorch_sum_over(const ctorch_tensor *x, int64_t dimension, ctorch_tensor **out);
int ctorch_mean(const ctorch_tensor *x, ctorch_tensor **out);
int ctorch_mean_over(const ctorch_tensor *x, int64_t dimension, ctorch_tensor **out);
int ctorch_maximum_over(const ctorch_tensor *x, int64_t dimension, ctorch_tensor **out);
// The index (int64) of the largest element along the dimension.
int ctorch_argument_of_maximum(const ctorch_tensor *x, int64_t dimension, ctorch_tensor **out);

// MARK: shapes and types

int ctorch_reshape(const ctorch_tensor *x, const int64_t *shape, int rank, ctorch_tensor **out);
int ctorch_transpose(const ctorch_tensor *x, int64_t first, int64_t second, ctorch_tensor **out);
int ctorch_select(const ctorch_tensor *x, int64_t dimension, int64_t index, ctorch_tensor **out);
int ctorch_narrow(const ctorch_tensor *x, int64_t dimension, int64_t start, int64_t length, ctorch_tensor **out);
int ctorch_unsqueeze(const ctorch_tensor *x, int64_t dimension, ctorch_tensor **out);
// The elements at `index` (int64) along the dimension; the result has the shape of the index.
int ctorch_gather(const ctorch_tensor *x, int64_t dimension, const ctorch_tensor *index, ctorch_tensor **out);
// The slices at the places in `index` (int64, one dimension), in its order.
int ctorch_index_select(const ctorch_tensor *x, int64_t dimension, const ctorch_tensor *index, ctorch_tensor **out);
// All windows of `size` along the dimension, `step` apart, as a new last dimension; shares storage.
int ctorch_unfold(const ctorch_tensor *x, int64_t dimension, int64_t size, int64_t step, ctorch_tensor **out);
int ctorch_concatenate(const ctorch_tensor *const *parts, int count, int64_t dimension, ctorch_tensor **out);
int ctorch_stack(const ctorch_tensor *const *parts, int count, int64_t dimension, ctorch_tensor **out);
int ctorch_to_type(const ctorch_tensor *x, int type, ctorch_tensor **out);

// MARK: layers

// x [.., inputs], weight [outputs, inputs], bias [outputs] or null.
int ctorch_linear(const ctorch_tensor *x, const ctorch_tensor *weight, const ctorch_tensor *bias, ctorch_tensor **out);
// Normalises over the last dimension; weight and bias [size] or null.
int ctorch_layer_norm(
    const ctorch_tensor *x, const ctorch_tensor *weight, const ctorch_tensor *bias, double epsilon,
    ctorch_tensor **out);
// x with the given share of its elements set to zero, and the others divided by the share that is kept. On processors
// what is left out depends on the seed and on the elements' places alone; on cards also on the kind of card.
int ctorch_dropout(const ctorch_tensor *x, double share, uint64_t seed, ctorch_tensor **out);
// x [batch, inputs, time], weight [outputs, inputs / groups, kernel], bias [outputs] or null. Zeros beyond both ends.
int ctorch_conv1d(
    const ctorch_tensor *x, const ctorch_tensor *weight, const ctorch_tensor *bias, int64_t stride, int64_t padding,
    int64_t dilation, int64_t groups, ctorch_tensor **out);
// x [batch, channel, time]; a last window that is not full is left out.
int ctorch_max_pool1d(const ctorch_tensor *x, int64_t kernel, int64_t stride, ctorch_tensor **out);
int ctorch_average_pool1d(const ctorch_tensor *x, int64_t kernel, int64_t stride, ctorch_tensor **out);
// x [batch, channel] or [batch, channel, time], the rest [channel]. When training it normalises by the statistics of
// the batch and moves the running ones, in place, towards them by the share `momentum`.
int ctorch_batch_norm(
    const ctorch_tensor *x, const ctorch_tensor *weight, const ctorch_tensor *bias, const ctorch_tensor *running_mean,
    const ctorch_tensor *running_variance, int training, double momentum, double epsilon, ctorch_tensor **out);
// softmax(query . key^T / sqrt(width) + mask) . values; all [batch, head, time, width], mask null or broadcastable to
// [batch, head, query, key].
int ctorch_attention(
    const ctorch_tensor *query, const ctorch_tensor *key, const ctorch_tensor *values, const ctorch_tensor *mask,
    ctorch_tensor **out);

// MARK: recurrent layers

// x [batch, time, inputs]; hidden and cell [layers * directions, batch, hidden]; parameters weight_ih, weight_hh,
// bias_ih, bias_hh of each layer and direction. Gives output [batch, time, hidden * directions] and the last states.
int ctorch_lstm(
    const ctorch_tensor *x, const ctorch_tensor *hidden, const ctorch_tensor *cell,
    const ctorch_tensor *const *parameters, int parameter_count, int layers, int bidirectional, ctorch_tensor **output,
    ctorch_tensor **last_hidden, ctorch_tensor **last_cell);
// The same in one direction, without a cell state.
int ctorch_gru(
    const ctorch_tensor *x, const ctorch_tensor *hidden, const ctorch_tensor *const *parameters, int parameter_count,
    int layers, ctorch_tensor **output, ctorch_tensor **last_hidden);

// MARK: losses

// The mean. Logits and targets of the same shape; positive_weight null or broadcastable.
int ctorch_binary_cross_entropy(
    const ctorch_tensor *logits, const ctorch_tensor *targets, const ctorch_tensor *positive_weight,
    ctorch_tensor **out);
// The mean. Logits [batch, classes], labels int64 [batch], class_weights null or [classes].
int ctorch_cross_entropy(
    const ctorch_tensor *logits, const ctorch_tensor *labels, const ctorch_tensor *class_weights, double smoothing,
    ctorch_tensor **out);

// Half the square of each distance up to `delta`, a straight line beyond; of the predictions' shape.
int ctorch_huber(
    const ctorch_tensor *predictions, const ctorch_tensor *targets, double delta, ctorch_tensor **out);

// MARK: gradients and optimizers

int ctorch_set_requires_gradient(ctorch_tensor *tensor, int on);
int ctorch_backward(const ctorch_tensor *loss);
// Fills null when there is no gradient.
int ctorch_gradient(const ctorch_tensor *tensor, ctorch_tensor **out);
int ctorch_clear_gradient(ctorch_tensor *tensor);
// Scales all gradients so that their common Euclidean norm is at most `maximum`, and gives the norm before that.
// A norm that is not finite changes nothing.
int ctorch_clip_gradient_norm(const ctorch_tensor *const *parameters, int count, double maximum, double *norm);
// Brings each element of each gradient into -maximum ... maximum.
int ctorch_clip_gradient_values(const ctorch_tensor *const *parameters, int count, double maximum);
// The gradients as one vector, each element times `factor`: parameter after parameter, zeros for one that has none, and
// then for each parameter 1, or 0 for one that has none. The parameters have one element type and device.
int ctorch_flat_gradients(const ctorch_tensor *const *parameters, int count, double factor, ctorch_tensor **out);
// Overwrites the gradients by those in such a vector, or in a sum of several. A parameter that had none in any has
// none.
int ctorch_assign_gradients(const ctorch_tensor *const *parameters, int count, const ctorch_tensor *flat);
// One fused step of Adam, in place, on each parameter that has a gradient; weight decay is `decoupled` (AdamW) or added
// to the gradient. `steps` are float32 tensors without dimensions, counted up here. All on one device.
int ctorch_adam_step(
    const ctorch_tensor *const *parameters, const ctorch_tensor *const *first_moments,
    const ctorch_tensor *const *second_moments, const ctorch_tensor *const *steps, int count, double learning_rate,
    double beta1, double beta2, double epsilon, double weight_decay, int decoupled);
// One fused step of gradient descent, in place: velocity = momentum * velocity + gradient; the parameter loses
// learning_rate * velocity.
int ctorch_sgd_step(
    const ctorch_tensor *const *parameters, const ctorch_tensor *const *velocities, int count, double learning_rate,
    double momentum);

// MARK: groups

// Where the ranks of a group leave each other notes before they are connected. The callbacks are called while the group
// is made only, on threads of libtorch too, and give 0, or -1 when they could not.
typedef struct {
    void *context;
    // Keeps bytes under a key that was not set before.
    int (*set)(void *context, const char *key, const uint8_t *bytes, int64_t count);
    // Waits until somebody has set the key, hands the bytes to `take` with its `place`, once, and returns 0.
    int (*get)(
        void *context, const char *key, int64_t timeout_milliseconds,
        void (*take)(void *place, const uint8_t *bytes, int64_t count), void *place);
    // Adds to the number under a key, which starts at 0, and fills what it is then.
    int (*add)(void *context, const char *key, int64_t amount, int64_t *sum);
} ctorch_rendezvous;

typedef struct ctorch_group ctorch_group;

// Connects `size` ranks, of which this is the one with number `rank`, over Gloo; returns when all are connected. Each
// listens at `address`, a name or number of its own host under which the others reach it. The timeout holds for
// each wait, while connecting and in later operations.
int ctorch_group_new(
    const ctorch_rendezvous *rendezvous, int rank, int size, const char *address, int64_t timeout_milliseconds,
    ctorch_group **out);
// Also closes its connections: what other ranks wait for fails.
void ctorch_group_free(ctorch_group *group);
// All ranks call these in the same order with tensors of one count and type. When that is not so, a rank is gone or
// does not come in time, it is an error, and so is every later use of the group.

// Overwrites each rank's tensor by the sum over the ranks: the same bits on all of them.
int ctorch_group_sum(ctorch_group *group, ctorch_tensor *tensor);
// Overwrites each rank's tensor by that of rank `root`.
int ctorch_group_broadcast(ctorch_group *group, ctorch_tensor *tensor, int root);
// Waits until all ranks have come here.
int ctorch_group_barrier(ctorch_group *group);

#ifdef __cplusplus
}
#endif
#endif
