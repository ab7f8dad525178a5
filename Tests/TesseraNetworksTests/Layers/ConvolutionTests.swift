import TesseraNetworks
import TesseraNumerics
import Testing

struct `A convolution` {
  /// The definition, term by term, in double precision.
  private func slowMaps(_ layer: Convolution, of input: FeatureMaps) -> [Float] {
    let (width, height, size) = (input.width, input.height, layer.kernelSize)
    var result: [Float] = []
    for o in 0..<layer.outputChannels {
      for y in 0..<height {
        for x in 0..<width {
          var sum = Double(layer.bias[o])
          for i in 0..<layer.inputChannels {
            for v in 0..<size {
              for u in 0..<size {
                let (line, place) = (y + v - size / 2, x + u - size / 2)
                guard (0..<height).contains(line), (0..<width).contains(place) else { continue }
                let weight = layer.weights[((o * layer.inputChannels + i) * size + v) * size + u]
                sum += Double(weight) * Double(input.values[(i * height + line) * width + place])
              }
            }
          }
          result.append(Float(sum))
        }
      }
    }
    return result
  }

  @Test(arguments: [1, 3, 5, 7], [(1, 1), (2, 9), (9, 2), (150, 101)])
  func `is the sum over its kernel, zeros standing outside`(kernel: Int, size: (Int, Int)) {
    let layer = randomConvolution(inputs: 3, outputs: 4, kernel: kernel, seed: 3)
    let input = randomMaps(channels: 3, height: size.1, width: size.0, seed: 5)
    // 3 x 49 products of size 1, summed in single precision in an order that depends on the processor: rounding is 147 x 6e-8 of the
    // sum of their sizes at worst, and far less where signs differ.
    #expect(largestDifference(layer.maps(of: [input]).values, slowMaps(layer, of: input)) < 4e-5)
  }

  @Test func `of several maps is that of the joined ones`() {
    let layer = randomConvolution(inputs: 5, outputs: 2, kernel: 3, seed: 1)
    let parts = [
      randomMaps(channels: 2, height: 20, width: 30, seed: 2), randomMaps(channels: 3, height: 20, width: 30, seed: 3),
    ]
    #expect(layer.maps(of: parts) == layer.maps(of: [FeatureMaps(joining: parts)]))
  }

  @Test func `with rectification is the same without its negative numbers`() {
    let layer = randomConvolution(inputs: 2, outputs: 3, kernel: 3, seed: 1)
    let input = randomMaps(channels: 2, height: 50, width: 60, seed: 2)
    #expect(layer.maps(of: [input], rectifying: true) == layer.maps(of: [input]).rectified)
  }

  @Test func `gives the same bytes on any number of threads`() {
    let layer = randomConvolution(inputs: 8, outputs: 8, kernel: 3, seed: 1)
    let input = randomMaps(channels: 8, height: 101, width: 203, seed: 2)
    let alone = Workers.$limit.withValue(1) { layer.maps(of: [input]) }
    for threads in [2, 3, 7] {
      #expect(Workers.$limit.withValue(threads) { layer.maps(of: [input]) } == alone)
    }
  }

  @Test func `takes in the batch normalisation that follows`() {
    let layer = randomConvolution(inputs: 3, outputs: 4, kernel: 3, seed: 1)
    let normalization = BatchNormalization(
      gamma: [0.5, -1, 2, 1], beta: [1, 0, -3, 0.1], mean: [0.2, -0.4, 5, 0], variance: [0.3, 2, 1, 0], epsilon: 1e-4)
    let input = randomMaps(channels: 3, height: 30, width: 20, seed: 2)
    let (folded, plain) = (layer.followed(by: normalization).maps(of: [input]), layer.maps(of: [input]))
    let separate = normalization.maps(of: plain)
    for channel in 0..<3 {
      #expect(largestDifference(folded.plane(channel).values, separate.plane(channel).values) < 1e-4)
    }
    // The last channel is multiplied by 100.
    #expect(largestDifference(folded.plane(3).values, separate.plane(3).values) < 1e-2)
  }
}
