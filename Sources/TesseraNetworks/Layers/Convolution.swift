import TesseraNumerics

/// A convolution with stride 1 that keeps the size of its maps, zeros standing outside:
///
///     out(o; y, x) = b(o) + Σ w(o, i, v, u) in(i; y + v − p, x + u − p),   p = (k − 1) / 2.
///
/// As in all network libraries the kernel is not flipped. Source: Goodfellow, Bengio & Courville, Deep Learning (2016),
/// eq. 9.6 (cross-correlation).
package struct Convolution: Sendable, Equatable {
  package let inputChannels: Int
  package let outputChannels: Int
  /// Rows and columns of a kernel: odd.
  package let kernelSize: Int
  /// Output channel x input channel x row x column.
  package let weights: [Float]
  /// One number per output channel.
  package let bias: [Float]

  package init(inputChannels: Int, outputChannels: Int, kernelSize: Int, weights: [Float], bias: [Float]) {
    precondition(kernelSize > 0 && !kernelSize.isMultiple(of: 2), "a kernel needs a pixel in its middle")
    precondition(inputChannels > 0 && outputChannels > 0 && bias.count == outputChannels)
    precondition(weights.count == outputChannels * inputChannels * kernelSize * kernelSize)
    (self.inputChannels, self.outputChannels, self.kernelSize) = (inputChannels, outputChannels, kernelSize)
    (self.weights, self.bias) = (weights, bias)
  }

  /// Numbers in the unfolded input of a band, 512 KiB: it stays in the cache until the product has read it.
  private static let bandSize = 1 << 17
  /// Fewest pixels per band: with fewer the product spends its time on the kernels.
  private static let fewestPixels = 256

  /// The maps of maps that lie one after the other, as if they were joined; of equal size, `inputChannels` in all.
  ///
  /// Bands of pixels are unfolded into a matrix with a row for each number of a kernel and a column for each pixel, which the
  /// matrix of the kernels is multiplied with (Chellapilla, Puri & Simard, 10th IWFHR (2006)). The bands follow from the
  /// sizes alone, never from the number of threads. Memory beside the result: a band per thread.
  /// - Parameters:
  ///   - inputs: maps of one width and height, `inputChannels` channels in all.
  ///   - rectifying: whether negative numbers of the result become 0.
  package func maps(of inputs: [FeatureMaps], rectifying: Bool = false) -> FeatureMaps {
    let (width, height) = (inputs[0].width, inputs[0].height)
    precondition(inputs.allSatisfy { $0.width == width && $0.height == height }, "maps must have equal sizes")
    precondition(inputs.reduce(0) { $0 + $1.channels } == inputChannels, "other maps than the kernels are made for")
    let inner = inputChannels * kernelSize * kernelSize
    let plane = width * height
    let size = max(Self.fewestPixels, Self.bandSize / inner)
    let values = [Float](unsafeUninitializedCapacity: outputChannels * plane) { buffer, filled in
      nonisolated(unsafe) let out = buffer  // Bands do not overlap.
      concurrentFor((plane + size - 1) / size) { band in
        let pixels = band * size..<min(plane, (band + 1) * size)
        withUnsafeTemporaryAllocation(of: Float.self, capacity: inner * pixels.count) { columns in
          unfold(inputs, pixels, into: columns)
          for channel in 0..<outputChannels {
            let start = channel * plane + pixels.lowerBound
            out.extracting(start..<start + pixels.count).initialize(repeating: bias[channel])
          }
          addPlanarProduct(
            weights.span, inner: inner, UnsafeBufferPointer(columns), rightStride: pixels.count, columns: pixels.count,
            to: out.extracting(pixels.lowerBound...), resultStride: plane)
          guard rectifying else { return }
          for channel in 0..<outputChannels {
            let start = channel * plane + pixels.lowerBound
            var part = out.extracting(start..<start + pixels.count).mutableSpan
            for index in part.indices { part[index] = max(0, part[index]) }
          }
        }
      }
      filled = outputChannels * plane
    }
    return FeatureMaps(channels: outputChannels, height: height, width: width, values: values)
  }

  /// Writes a row for each input channel, kernel row and kernel column: what it meets at each of these pixels, which are
  /// counted row after row and may begin and end within a row.
  private func unfold(_ inputs: [FeatureMaps], _ pixels: Range<Int>, into columns: UnsafeMutableBufferPointer<Float>) {
    let (width, height) = (inputs[0].width, inputs[0].height)
    let half = kernelSize / 2
    let lines = pixels.lowerBound / width...(pixels.upperBound - 1) / width
    var target = columns.baseAddress!
    for maps in inputs {
      maps.values.withUnsafeBufferPointer { source in
        for channel in 0..<maps.channels {
          for v in -half...half {
            for u in -half...half {
              for y in lines {
                let first = max(0, pixels.lowerBound - y * width)
                let end = min(width, pixels.upperBound - y * width)
                // The pixels whose neighbour at this kernel column lies inside.
                let left = min(end, max(first, -u))
                let right = max(left, min(end, width - u))
                let line = y + v
                if line < 0 || line >= height || left == right {
                  target.initialize(repeating: 0, count: end - first)
                } else {
                  let start = source.baseAddress! + (channel * height + line) * width + left + u
                  target.initialize(repeating: 0, count: left - first)
                  (target + (left - first)).initialize(from: start, count: right - left)
                  (target + (right - first)).initialize(repeating: 0, count: end - right)
                }
                target += end - first
              }
            }
          }
        }
      }
    }
  }

  /// This convolution and a batch normalisation of its result, as one: each kernel times the scale of its channel.
  package func followed(by normalization: BatchNormalization) -> Convolution {
    let (scale, shift) = normalization.scaleAndShift
    precondition(scale.count == outputChannels)
    let size = weights.count / outputChannels
    return Convolution(
      inputChannels: inputChannels, outputChannels: outputChannels, kernelSize: kernelSize,
      weights: weights.indices.map { Float(Double(weights[$0]) * scale[$0 / size]) },
      bias: bias.indices.map { Float(Double(bias[$0]) * scale[$0] + shift[$0]) })
  }
}
