// What training asks of libtorch, as a table of C functions. `Torch/TesseraTorch.cpp` fills it in a dynamic library that the program opens
// when it is first asked to train, so that everything else builds, starts and runs without libtorch.
#ifndef TESSERA_TORCH_API_H
#define TESSERA_TORCH_API_H

#include <stdint.h>

/// Counts up when the table or one of its functions changes.
#define TESSERA_TORCH_VERSION 3

/// A U-Net: the fields of `UNetArchitecture`.
typedef struct {
  const int32_t *channels;
  int32_t level_count;
  int32_t bottom_channels;
  int32_t down_convolutions, bottom_convolutions, up_convolutions;
  int32_t kernel_size;
  /// Transposed convolutions on the way up, else each number becomes 2 x 2.
  int32_t is_transposed;
  /// The max-pool takes the rectified numbers, else those of the batch normalisation.
  int32_t pools_rectified;
  int32_t output_channels;
  /// 0 none, 1 sigmoid, 2 softmax.
  int32_t output_activation;
  /// Hidden layers of the spacing branch; null: no branch.
  const int32_t *branch;
  int32_t branch_count;
} tessera_architecture;

typedef struct {
  const tessera_architecture *architecture;
  uint64_t seed;
  int32_t threads;
  double weight_decay;
  /// Share of the numbers that the spacing branch leaves out while training.
  double dropout;
  /// Standard deviations that batch normalisations add to a variance.
  double epsilon;
  /// Batch normalisations keep the statistics that they have: they scale and shift, and do not look at the batch. So a network goes on
  /// as it is when it starts from folded weights, whose statistics are part of them.
  int32_t keeps_statistics;
} tessera_network_options;

/// Images of one size with what a network should say of them. Channel, row, column, in this order; all images in one block.
typedef struct {
  int32_t count, height, width;
  const float *images;
  /// Wanted maps: `output_channels` for each image.
  const float *maps;
  /// How much each pixel of the first map counts: 0 ... 1.
  const float *weights;
  /// Wanted numbers of the branch, one for each image; not a number: the image says nothing of it.
  const float *spacings;
} tessera_batch;

typedef struct {
  /// 0: sum of squares over the map, mean over the images. 1: cross-entropy, mean over the pixels that count.
  int32_t loss_kind;
  /// Factor of that.
  double map_factor;
  /// The branch pays ((found - wanted) / wanted * spacing_unit)^2.
  double spacing_unit;
  double learning_rate;
} tessera_step;

typedef struct {
  double total, map, spacing;
} tessera_loss;

typedef struct tessera_network tessera_network;

/// Every function returns null, or a message that the caller frees.
typedef struct {
  int32_t version;
  char *(*make)(const tessera_network_options *options, tessera_network **network);
  void (*release)(tessera_network *network);
  /// Whether training runs on a graphics processor.
  int32_t (*is_on_gpu)(const tessera_network *network);
  /// One step of Adam on a batch; the loss is that before the step.
  char *(*train)(tessera_network *network, const tessera_batch *batch, const tessera_step *step, tessera_loss *loss);
  /// The loss of a batch, batch normalisations as they are in use, nothing left out.
  char *(*evaluate)(
    tessera_network *network, const tessera_batch *batch, const tessera_step *step, tessera_loss *loss);
  /// Weights with batch normalisations folded in, in the order of `UNet.weights`; `count` numbers.
  char *(*folded_weights)(tessera_network *network, float *weights, int64_t count);
  /// Starts from such weights.
  char *(*set_folded_weights)(tessera_network *network, const float *weights, int64_t count);
  /// Numbers of the complete state: parameters, running means and variances, Adam's moments.
  int64_t (*state_count)(tessera_network *network);
  char *(*state)(tessera_network *network, float *numbers, int64_t count);
  /// Goes on from such a state after `steps` steps.
  char *(*set_state)(tessera_network *network, const float *numbers, int64_t count, int64_t steps);
} tessera_torch_api;

/// Name of the one function that the dynamic library exports; it returns a `const tessera_torch_api *`.
#define TESSERA_TORCH_SYMBOL "tessera_torch"

#endif
