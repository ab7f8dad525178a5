import Foundation
import TesseraNetworks
import TesseraNumerics
import Testing

struct `Layers of a network` {
  private let maps = FeatureMaps(channels: 1, height: 2, width: 4, values: [1, -2, 3, 4, 0, -5, 9, 7])

  @Test func `pool the largest of each four numbers, negative ones too`() {
    #expect(maps.maxPooled == FeatureMaps(channels: 1, height: 1, width: 2, values: [1, 9]))
    let negative = FeatureMaps(channels: 1, height: 2, width: 2, values: [-4, -2, -3, -9])
    #expect(negative.maxPooled.values == [-2])
  }

  @Test func `repeat numbers, and pooling takes that back`() {
    let input = randomMaps(channels: 3, height: 7, width: 5, seed: 1)
    #expect(input.upSampled.maxPooled == input)
    #expect(input.upSampled.width == 10 && input.upSampled.height == 14)
  }

  @Test func `rectify`() { #expect(maps.rectified.values == [1, 0, 3, 4, 0, 0, 9, 7]) }

  @Test(arguments: [(1, 1), (5, 3), (90, 70)])
  func `of transposed convolution put a kernel in place of each number`(size: (Int, Int)) {
    let (inputs, outputs, width, height) = (3, 2, size.0, size.1)
    let layer = TransposedConvolution(
      inputChannels: inputs, outputChannels: outputs, weights: randomNumbers(4 * inputs * outputs, seed: 1),
      bias: randomNumbers(outputs, seed: 2))
    let input = randomMaps(channels: inputs, height: height, width: width, seed: 3)
    var wanted = [Float](repeating: 0, count: 4 * outputs * width * height)
    for o in 0..<outputs {
      for y in 0..<2 * height {
        for x in 0..<2 * width {
          var sum = layer.bias[o]
          for i in 0..<inputs {
            sum +=
              layer.weights[((o * 2 + y % 2) * 2 + x % 2) * inputs + i]
              * input.values[(i * height + y / 2) * width + x / 2]
          }
          wanted[(o * 2 * height + y) * 2 * width + x] = sum
        }
      }
    }
    #expect(largestDifference(layer.maps(of: input).values, wanted) < 1e-5)
  }

  @Test func `of linear kind multiply by a matrix and add`() {
    let layer = Linear(inputCount: 2, outputCount: 3, weights: [1, 2, 3, 4, 5, 6], bias: [0, 1, -1])
    #expect(layer.values(of: [1, 10]) == [21, 44, 64])
  }

  @Test func `of softmax share 1 among the channels, however large the numbers`() {
    let input = FeatureMaps(channels: 2, height: 1, width: 4, values: [0, 1, 1000, -1000, 0, 0, -1000, -1000])
    let shares = OutputActivation.softmax.maps(of: input).values
    let half = Float(1 / (1 + exp(-1.0)))
    #expect(largestDifference(shares, [0.5, half, 1, 0.5, 0.5, 1 - half, 0, 0.5]) < 1e-6)
  }

  @Test func `of sigmoid bring any number to 0 ... 1`() {
    let input = FeatureMaps(channels: 1, height: 1, width: 4, values: [0, 2, 1000, -1000])
    #expect(largestDifference(OutputActivation.sigmoid.maps(of: input).values, [0.5, 0.880797, 1, 0]) < 1e-6)
  }

  @Test func `sum the numbers of a part`() {
    #expect(maps.sums(x: 1, y: 0, width: 2, height: 2) == [5])
  }
}
