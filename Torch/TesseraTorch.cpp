// libtorch behind the table of `CTorchAPI`: a U-Net, its loss and Adam. No exception leaves this file.
#include <cmath>
#include <cstring>
#include <string>
#include <vector>

#include <torch/torch.h>

#include "CTorchAPI.h"

namespace {

using torch::Tensor;
using torch::indexing::Slice;

/// A convolution, its batch normalisation and, where asked for, the rectifier.
struct Layer {
  torch::nn::Conv2d convolution{nullptr};
  torch::nn::BatchNorm2d normalization{nullptr};

  Layer(int64_t inputs, int64_t outputs, int64_t kernel, double epsilon)
      : convolution(torch::nn::Conv2dOptions(inputs, outputs, kernel).padding(kernel / 2).bias(false)),
        normalization(torch::nn::BatchNorm2dOptions(outputs).eps(epsilon)) {}

  Tensor operator()(const Tensor &input) { return normalization(convolution(input)); }
};

/// The network of [P21] and [A23]: what `UNet.pass` in TesseraNetworks computes, with batch normalisations apart.
struct Network : torch::nn::Module {
  std::vector<std::vector<Layer>> down, up;
  std::vector<Layer> bottom;
  std::vector<torch::nn::ConvTranspose2d> rise;
  torch::nn::Conv2d output{nullptr};
  std::vector<torch::nn::Linear> branch;
  bool poolsRectified;
  int activation;
  double dropout;
  bool keepsStatistics;

  explicit Network(const tessera_network_options &options) {
    const tessera_architecture &shape = *options.architecture;
    poolsRectified = shape.pools_rectified;
    activation = shape.output_activation;
    dropout = options.dropout;
    keepsStatistics = options.keeps_statistics;
    auto block = [&](const std::string &name, int64_t inputs, int64_t outputs, int count) {
      std::vector<Layer> layers;
      for (int i = 0; i < count; ++i) {
        layers.emplace_back(i == 0 ? inputs : outputs, outputs, shape.kernel_size, options.epsilon);
        const std::string place = name + "_" + std::to_string(i);
        register_module(place + "_convolution", layers.back().convolution);
        register_module(place + "_normalization", layers.back().normalization);
      }
      return layers;
    };
    int64_t channels = 1;
    for (int level = 0; level < shape.level_count; ++level) {
      down.push_back(block("down_" + std::to_string(level), channels, shape.channels[level], shape.down_convolutions));
      channels = shape.channels[level];
    }
    bottom = block("bottom", channels, shape.bottom_channels, shape.bottom_convolutions);
    channels = shape.bottom_channels;
    for (int level = shape.level_count - 1; level >= 0; --level) {
      const int64_t here = shape.channels[level];
      if (shape.is_transposed) {
        rise.emplace_back(torch::nn::ConvTranspose2dOptions(channels, here, 2).stride(2));
        register_module("rise_" + std::to_string(level), rise.back());
        channels = here;
      }
      up.push_back(block("up_" + std::to_string(level), here + channels, here, shape.up_convolutions));
      channels = here;
    }
    output = register_module("output", torch::nn::Conv2d(torch::nn::Conv2dOptions(channels, shape.output_channels, 1)));
    int64_t size = shape.bottom_channels;
    for (int i = 0; shape.branch && i <= shape.branch_count; ++i) {
      const int64_t next = i < shape.branch_count ? shape.branch[i] : 1;
      branch.push_back(register_module("branch_" + std::to_string(i), torch::nn::Linear(size, next)));
      size = next;
    }
  }

  /// The numbers before the output's activation, and the branch's, one an image (undefined without a branch).
  std::pair<Tensor, Tensor> forward(const Tensor &images) {
    std::vector<Tensor> across;
    Tensor current = images;
    auto rectified = [](std::vector<Layer> &layers, Tensor input) {
      for (Layer &layer : layers) input = torch::relu(layer(input));
      return input;
    };
    for (auto &block : down) {
      for (size_t i = 0; i + 1 < block.size(); ++i) current = torch::relu(block[i](current));
      const Tensor normalized = block.back()(current), positive = torch::relu(normalized);
      across.push_back(positive);
      current = torch::max_pool2d(poolsRectified ? positive : normalized, 2);
    }
    current = rectified(bottom, current);
    Tensor spacing;
    if (!branch.empty()) {
      Tensor numbers = current.mean({2, 3});
      for (size_t i = 0; i < branch.size(); ++i) {
        numbers = branch[i](numbers);
        if (i + 1 < branch.size()) numbers = torch::dropout(torch::relu(numbers), dropout, is_training());
      }
      spacing = numbers.squeeze(1).abs();
    }
    for (size_t i = 0; i < up.size(); ++i) {
      const Tensor risen = rise.empty() ? torch::upsample_nearest2d(current, {current.size(2) * 2, current.size(3) * 2})
                                        : rise[i](current);
      current = rectified(up[i], torch::cat({across[across.size() - 1 - i], risen}, 1));
    }
    return {output(current), spacing};
  }

  /// Calls back with each layer's kernels and bias in the order of `UNet.weights`. A layer with a batch normalisation comes with it.
  template <typename Body> void forEachLayer(Body body) {
    auto each = [&](std::vector<Layer> &block) {
      for (Layer &layer : block) body(layer.convolution->weight, Tensor(), &layer, false);
    };
    for (auto &block : down) each(block);
    each(bottom);
    for (size_t i = 0; i < up.size(); ++i) {
      if (!rise.empty()) body(rise[i]->weight, rise[i]->bias, nullptr, true);
      each(up[i]);
    }
    body(output->weight, output->bias, nullptr, false);
    for (auto &layer : branch) body(layer->weight, layer->bias, nullptr, false);
  }
};

char *message(const std::string &text) { return strdup(text.c_str()); }

template <typename Body> char *guarded(Body body) {
  try {
    body();
    return nullptr;
  } catch (const c10::Error &error) {
    return message(error.what_without_backtrace());
  } catch (const std::exception &error) {
    return message(error.what());
  } catch (...) {
    return message("an unknown error");
  }
}

Tensor tensor(const float *numbers, std::vector<int64_t> sizes) {
  return torch::from_blob(const_cast<float *>(numbers), sizes, torch::kFloat32);
}

}  // namespace

struct tessera_network {
  std::shared_ptr<Network> network;
  std::unique_ptr<torch::optim::Adam> optimizer;
  torch::Device device = torch::kCPU;
  int64_t outputChannels = 1;

  /// Parameters, running numbers and Adam's moments, always in the same order.
  std::vector<Tensor> state() {
    std::vector<Tensor> result = network->parameters();
    for (const Tensor &buffer : network->buffers())
      if (buffer.is_floating_point()) result.push_back(buffer);
    for (const Tensor &parameter : network->parameters()) {
      auto &moments = this->moments(parameter);
      result.push_back(moments.exp_avg());
      result.push_back(moments.exp_avg_sq());
    }
    return result;
  }

  /// Adam's numbers of a parameter, made if it has not taken a step yet.
  torch::optim::AdamParamState &moments(const Tensor &parameter) {
    auto &all = optimizer->state();
    const auto key = c10::guts::to_string(parameter.unsafeGetTensorImpl());
    auto found = all.find(key);
    if (found == all.end()) {
      auto fresh = std::make_unique<torch::optim::AdamParamState>();
      fresh->step(0);
      fresh->exp_avg(torch::zeros_like(parameter));
      fresh->exp_avg_sq(torch::zeros_like(parameter));
      found = all.insert({key, std::move(fresh)}).first;
    }
    return static_cast<torch::optim::AdamParamState &>(*found->second);
  }

  /// The loss of the map (see `tessera_step`) and the squared error of the spacing.
  Tensor loss(const tessera_batch &batch, const tessera_step &step, tessera_loss &parts) {
    const int64_t n = batch.count, h = batch.height, w = batch.width;
    const Tensor images = tensor(batch.images, {n, 1, h, w}).to(device);
    const Tensor wanted = tensor(batch.maps, {n, outputChannels, h, w}).to(device);
    const Tensor weights = tensor(batch.weights, {n, 1, h, w}).to(device);
    auto [logits, spacing] = network->forward(images);
    Tensor map;
    if (step.loss_kind == 1) {
      map = -(weights * wanted * torch::log_softmax(logits, 1)).sum() / weights.sum().clamp_min(1) * step.map_factor;
    } else {
      const Tensor maps = network->activation == 1   ? torch::sigmoid(logits)
                          : network->activation == 2 ? torch::softmax(logits, 1)
                                                     : logits;
      map = (weights * (maps - wanted).square()).sum() / double(n) * step.map_factor;
    }
    Tensor total = map;
    parts.map = map.item<double>();
    parts.spacing = 0;
    if (spacing.defined()) {
      const Tensor target = tensor(batch.spacings, {n}).to(device);
      const Tensor known = torch::isfinite(target);
      const Tensor relative = torch::where(known, spacing / torch::where(known, target, torch::ones_like(target)) - 1,
                                           torch::zeros_like(spacing));
      const Tensor part = (relative * step.spacing_unit).square().sum() / double(n);
      parts.spacing = part.item<double>();
      total = total + part;
    }
    parts.total = total.item<double>();
    return total;
  }
};

namespace {

char *make(const tessera_network_options *options, tessera_network **result) {
  return guarded([&] {
    torch::set_num_threads(options->threads);
    torch::manual_seed(options->seed);
    auto made = std::make_unique<tessera_network>();
    made->network = std::make_shared<Network>(*options);
    made->outputChannels = options->architecture->output_channels;
    if (torch::cuda::is_available()) made->device = torch::kCUDA;
    made->network->to(made->device);
    made->optimizer = std::make_unique<torch::optim::Adam>(
      made->network->parameters(), torch::optim::AdamOptions(1e-3).weight_decay(options->weight_decay));
    *result = made.release();
  });
}

void release(tessera_network *network) { delete network; }

int32_t is_on_gpu(const tessera_network *network) { return network->device.is_cuda(); }

char *train(tessera_network *network, const tessera_batch *batch, const tessera_step *step, tessera_loss *loss) {
  return guarded([&] {
    network->network->train();
    if (network->network->keepsStatistics)
      network->network->forEachLayer([](const Tensor &, const Tensor &, Layer *layer, bool) {
        if (layer) layer->normalization->eval();
      });
    for (auto &group : network->optimizer->param_groups())
      static_cast<torch::optim::AdamOptions &>(group.options()).lr(step->learning_rate);
    network->optimizer->zero_grad();
    network->loss(*batch, *step, *loss).backward();
    network->optimizer->step();
  });
}

char *evaluate(tessera_network *network, const tessera_batch *batch, const tessera_step *step, tessera_loss *loss) {
  return guarded([&] {
    torch::NoGradGuard without;
    network->network->eval();
    network->loss(*batch, *step, *loss);
  });
}

/// Transposed kernels are input x output x row x column here, output x row x column x input in `UNet`.
char *folded_weights(tessera_network *network, float *weights, int64_t count) {
  return guarded([&] {
    torch::NoGradGuard without;
    int64_t position = 0;
    auto write = [&](const Tensor &numbers) {
      const Tensor flat = numbers.to(torch::kCPU).contiguous().flatten();
      TORCH_CHECK(position + flat.numel() <= count, "the network has more weights than ", count);
      std::memcpy(weights + position, flat.data_ptr<float>(), sizeof(float) * flat.numel());
      position += flat.numel();
    };
    network->network->forEachLayer([&](const Tensor &kernels, const Tensor &bias, Layer *layer, bool isTransposed) {
      if (layer) {
        auto &norm = *layer->normalization;
        const Tensor scale = norm.weight / (norm.running_var + norm.options.eps()).sqrt();
        write(kernels * scale.view({-1, 1, 1, 1}));
        write(norm.bias - norm.running_mean * scale);
      } else {
        write(isTransposed ? kernels.permute({1, 2, 3, 0}) : kernels);
        write(bias);
      }
    });
    TORCH_CHECK(position == count, "the network has ", position, " weights, not ", count);
  });
}

char *set_folded_weights(tessera_network *network, const float *weights, int64_t count) {
  return guarded([&] {
    torch::NoGradGuard without;
    int64_t position = 0;
    auto read = [&](std::vector<int64_t> sizes) {
      const Tensor result = tensor(weights + position, sizes);
      position += result.numel();
      TORCH_CHECK(position <= count, "the network has more weights than ", count);
      return result.to(network->device);
    };
    network->network->forEachLayer([&](const Tensor &kernels, const Tensor &bias, Layer *layer, bool isTransposed) {
      auto target = kernels;
      if (isTransposed) {
        target.copy_(read({kernels.size(1), kernels.size(2), kernels.size(3), kernels.size(0)}).permute({3, 0, 1, 2}));
      } else {
        target.copy_(read(kernels.sizes().vec()));
      }
      if (!layer) {
        auto offsets = bias;
        offsets.copy_(read(bias.sizes().vec()));
        return;
      }
      auto &norm = *layer->normalization;
      norm.running_mean.zero_();
      norm.running_var.fill_(1 - norm.options.eps());
      norm.weight.fill_(1);
      norm.bias.copy_(read(norm.bias.sizes().vec()));
    });
    TORCH_CHECK(position == count, "the network has ", position, " weights, not ", count);
  });
}

int64_t state_count(tessera_network *network) {
  int64_t count = 0;
  for (const Tensor &part : network->state()) count += part.numel();
  return count;
}

char *state(tessera_network *network, float *numbers, int64_t count) {
  return guarded([&] {
    TORCH_CHECK(count == state_count(network), "the state of the network has another size");
    for (const Tensor &part : network->state()) {
      const Tensor flat = part.detach().to(torch::kCPU).contiguous().flatten();
      std::memcpy(numbers, flat.data_ptr<float>(), sizeof(float) * flat.numel());
      numbers += flat.numel();
    }
  });
}

char *set_state(tessera_network *network, const float *numbers, int64_t count, int64_t steps) {
  return guarded([&] {
    torch::NoGradGuard without;
    TORCH_CHECK(count == state_count(network), "the state of the network has another size");
    for (Tensor &part : network->state()) {
      part.copy_(tensor(numbers, part.sizes().vec()));
      numbers += part.numel();
    }
    for (const Tensor &parameter : network->network->parameters()) network->moments(parameter).step(steps);
  });
}

}  // namespace

extern "C" __attribute__((visibility("default"))) const tessera_torch_api *tessera_torch() {
  static const tessera_torch_api api = {TESSERA_TORCH_VERSION, make, release, is_on_gpu, train, evaluate, folded_weights,
                                        set_folded_weights, state_count, state, set_state};
  return &api;
}
