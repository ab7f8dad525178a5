import TesseraNumerics

/// A transposed convolution of 2 x 2 kernels with stride 2, which makes maps twice as wide and high:
///
///     out(o; 2y + v, 2x + u) = b(o) + Σᵢ w(o, v, u, i) in(i; y, x).
///
/// Source: Dumoulin & Visin, arXiv:1603.07285, section 4.5 (kernels as large as the stride do not overlap).
package struct TransposedConvolution: Sendable, Equatable {
  package let inputChannels: Int
  package let outputChannels: Int
  /// Output channel x row x column x input channel; libtorch has the input channel first.
  package let weights: [Float]
  /// One number per output channel.
  package let bias: [Float]

  package init(inputChannels: Int, outputChannels: Int, weights: [Float], bias: [Float]) {
    precondition(inputChannels > 0 && outputChannels > 0 && bias.count == outputChannels)
    precondition(weights.count == 4 * inputChannels * outputChannels)
    (self.inputChannels, self.outputChannels) = (inputChannels, outputChannels)
    (self.weights, self.bias) = (weights, bias)
  }

  /// Numbers that a band makes, 512 KiB.
  private static let bandSize = 1 << 17

  package func maps(of input: FeatureMaps) -> FeatureMaps {
    precondition(input.channels == inputChannels, "other maps than the kernels are made for")
    let (width, height) = (input.width, input.height)
    let rows = max(1, Self.bandSize / (4 * outputChannels * max(1, width)))
    let plane = 4 * width * height
    let values = [Float](unsafeUninitializedCapacity: outputChannels * plane) { buffer, filled in
      nonisolated(unsafe) let out = buffer  // Bands do not overlap.
      concurrentFor((height + rows - 1) / rows) { band in
        let first = band * rows
        let lines = first..<min(height, first + rows)
        let count = lines.count * width
        withUnsafeTemporaryAllocation(of: Float.self, capacity: 4 * outputChannels * count) { product in
          for line in 0..<4 * outputChannels {
            product.extracting(line * count..<(line + 1) * count).initialize(repeating: bias[line / 4])
          }
          input.values.withUnsafeBufferPointer { source in
            addPlanarProduct(
              weights.span, inner: inputChannels, source.extracting((first * width)...),
              rightStride: width * height, columns: count, to: product, resultStride: count)
          }
          // The four numbers that a pixel becomes go to their places.
          for channel in 0..<outputChannels {
            for y in lines {
              for v in 0..<2 {
                let start = ((channel * 4 + 2 * v) * count) + (y - first) * width
                let target = out.baseAddress! + channel * plane + (2 * y + v) * 2 * width
                for x in 0..<width {
                  (target + 2 * x).initialize(to: product[start + x])
                  (target + 2 * x + 1).initialize(to: product[start + count + x])
                }
              }
            }
          }
        }
      }
      filled = outputChannels * plane
    }
    return FeatureMaps(channels: outputChannels, height: 2 * height, width: 2 * width, values: values)
  }
}
