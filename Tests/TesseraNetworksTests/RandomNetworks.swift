import Foundation
import TesseraNetworks
import TesseraNumerics

/// Maps of normal numbers.
func randomMaps(channels: Int, height: Int, width: Int, seed: UInt64) -> FeatureMaps {
  var random = RandomSource(seed: seed)
  return FeatureMaps(
    channels: channels, height: height, width: width,
    values: (0..<channels * height * width).map { _ in Float(random.gaussian()) })
}

/// Normal numbers.
func randomNumbers(_ count: Int, scale: Double = 1, seed: UInt64) -> [Float] {
  var random = RandomSource(seed: seed)
  return (0..<count).map { _ in Float(scale * random.gaussian()) }
}

func randomConvolution(inputs: Int, outputs: Int, kernel: Int, seed: UInt64) -> Convolution {
  Convolution(
    inputChannels: inputs, outputChannels: outputs, kernelSize: kernel,
    weights: randomNumbers(outputs * inputs * kernel * kernel, seed: seed),
    bias: randomNumbers(outputs, seed: seed + 1))
}

/// A network whose maps neither die out nor grow from layer to layer: weights of standard deviation 0.1, which is close to
/// He's √(2 / inputs) for the sizes of these tests.
func randomNetwork(_ architecture: UNetArchitecture, scale: Double = 0.1, seed: UInt64 = 1) throws -> UNet {
  try UNet(architecture, weights: randomNumbers(architecture.weightCount, scale: scale, seed: seed))
}

/// An image of numbers between 0 and 1.
func randomImage(width: Int, height: Int, seed: UInt64 = 7) -> Raster<Float> {
  var random = RandomSource(seed: seed)
  return Raster(width: width, height: height, values: (0..<width * height).map { _ in Float(random.uniform()) })
}

/// A small network of each kind of block, with a spacing branch.
var smallArchitecture: UNetArchitecture {
  var result = UNetArchitecture(channels: [3, 5], bottomChannels: 6)
  result.spacingBranch = [4]
  return result
}

/// The largest distance of two lists of numbers; infinite where they differ in length or hold no number.
func largestDifference(_ a: [Float], _ b: [Float]) -> Float {
  guard a.count == b.count else { return .infinity }
  var largest: Float = 0
  for (x, y) in zip(a, b) {
    let difference = abs(x - y)
    if difference.isNaN { return .infinity }
    largest = max(largest, difference)
  }
  return largest
}
