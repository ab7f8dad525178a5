import Foundation
import TesseraHDF5
import TesseraNetworks
import TesseraNumerics
import TestSupport
import Testing

/// Single precision leaves 6e-6 between Keras and a computation in double precision, so 2e-5 tells any other order of
/// operations apart: with the pool after the ReLU, say, the maps differ by 0.96.
private let tolerance: Float = 2e-5

@Suite(.enabled(if: KerasReference.isThere, KerasReference.missing))
struct `The published nanoparticle network` {
  /// The largest difference of the maps of an image from the reference.
  private func difference(_ input: String, _ output: String, _ activation: OutputActivation, weights: String) throws
    -> Float
  {
    let network = try UNet(publishedParticleWeights: weights, activation: activation)
    let maps = try network.maps(of: KerasReference.maps(input).plane(0)).maps
    return largestDifference(maps.flatMap(\.values), try KerasReference.maps(output).values)
  }

  @Test(arguments: ["a", "b"], [OutputActivation.softmax, .sigmoid])
  func `gives the maps of Keras`(image: String, activation: OutputActivation) throws {
    let difference = try difference(
      "input_\(image).npy", "output_\(activation.rawValue)_\(image).npy", activation,
      weights: KerasReference.mainWeights)
    report("\(activation.rawValue) of \(image)", difference)
    #expect(difference < tolerance)
  }

  @Test(arguments: KerasReference.weights.keys.sorted(), [OutputActivation.softmax, .sigmoid])
  func `gives the maps of Keras with each file of weights`(name: String, activation: OutputActivation) throws {
    let weights = KerasReference.path(try #require(KerasReference.weights[name]))
    let difference = try difference(
      "input_small.npy", "output_\(activation.rawValue)_small_\(name).npy", activation, weights: weights)
    report("\(activation.rawValue) of \(name)", difference)
    #expect(difference < tolerance)
  }

  @Test func `gives the same in tiles`() throws {
    let network = try UNet(publishedParticleWeights: KerasReference.mainWeights)
    let image = try KerasReference.maps("input_a.npy").plane(0)
    let tiled = try network.maps(of: image, tileSide: 160)
    #expect(tiled.tileCount == 16)
    let difference = largestDifference(
      tiled.maps.flatMap(\.values), try KerasReference.maps("output_softmax_a.npy").values)
    report("softmax of a in 16 tiles", difference)
    #expect(difference < tolerance)
  }

  /// Layer by layer on what our own layers made before, so that no error hides behind the next layer.
  @Test func `gives the activations of Keras in each layer`() throws {
    let file = try KerasWeights(path: KerasReference.mainWeights)
    let wanted = try KerasReference.archive("activations_small.npz")
    var compared: Set<String> = []
    var largest: Float = 0
    func check(_ maps: FeatureMaps, _ names: String...) throws -> FeatureMaps {
      for name in names {
        let reference = try #require(wanted[name], "\(name)")
        #expect(maps.channels == reference.channels && maps.width == reference.width)
        let difference = largestDifference(maps.values, reference.values)
        largest = max(largest, difference)
        #expect(difference < tolerance, "\(name)")
        compared.insert(name)
      }
      return maps
    }
    func normalized(_ input: FeatureMaps, _ number: Int, to outputs: Int) throws -> FeatureMaps {
      let layer = try file.convolution("conv2d_\(number)", inputs: input.channels, outputs: outputs, kernel: 3)
      let normalization = try file.batchNormalization(
        "batch_normalization_\(number)", channels: outputs, epsilon: UNet.publishedEpsilon)
      let maps = try check(layer.maps(of: [input]), "conv2d_\(number)")
      return try check(normalization.maps(of: maps), "batch_normalization_\(number)")
    }
    func rectified(_ input: FeatureMaps, _ number: Int, to outputs: Int) throws -> FeatureMaps {
      try check(normalized(input, number, to: outputs).rectified, "activation_\(number)")
    }
    var current = try check(KerasReference.maps("input_small.npy"), "input_1")
    var across: [FeatureMaps] = []
    for (index, width) in [4, 8, 16, 32].enumerated() {
      let maps = try normalized(current, index + 1, to: width)
      across.append(try check(maps.rectified, "activation_\(index + 1)"))
      current = try check(maps.maxPooled, "max_pooling2d_\(index + 1)")
    }
    for number in 5...6 { current = try rectified(current, number, to: 32) }
    for (index, width) in [32, 16, 8, 4].enumerated() {
      let risen = try check(current.upSampled, "up_sampling2d_\(index + 1)")
      current = try check(FeatureMaps(joining: [across[3 - index], risen]), "concatenate_\(index + 1)")
      current = try rectified(current, 7 + 2 * index, to: width)
      _ = try check(current, "dropout_\(index + 1)")
      current = try rectified(current, 8 + 2 * index, to: width)
    }
    let last = try file.convolution("final_layer", inputs: 4, outputs: 2, kernel: 1)
    let logits = try check(last.maps(of: [current]), "final_layer_logits")
    _ = try check(OutputActivation.softmax.maps(of: logits), "final_layer")
    _ = try check(OutputActivation.sigmoid.maps(of: logits), "final_layer_sigmoid")
    #expect(compared == Set(wanted.keys))
    report("\(compared.count) layers", largest)
  }

  @Test func `sees an image normalised as its authors did`() throws {
    let raw = try KerasReference.maps("preprocess_raw.npy").plane(0)
    let difference = largestDifference(
      try InputNormalization().normalized(raw).values, try KerasReference.maps("preprocess_expected.npy").values)
    report("normalisation", difference)
    #expect(difference < 1e-6)
  }

  @Test func `goes through a model file with an error of half precision`() throws {
    let folder = TemporaryFolder()
    let network = try UNet(publishedParticleWeights: KerasReference.mainWeights)
    let training = TrainingRecord(program: "Keras 2.2.2", data: "micrographs", imageCount: 129, epochs: 10, seed: 0)
    let model = NetworkModel(kind: .particles, network: network, training: training, licence: "none")
    try model.write(to: folder / "particles.tessera-model")
    let read = try NetworkModel(readFrom: folder / "particles.tessera-model", kind: .particles)
    let image = try KerasReference.maps("input_a.npy").plane(0)
    let (halves, singles) = (try read.network.maps(of: image).maps[1], try network.maps(of: image).maps[1])
    let difference = largestDifference(halves.values, singles.values)
    let changed = zip(halves.values, singles.values).count { ($0 > 0.5) != ($1 > 0.5) }
    report("half precision", difference)
    report("share of pixels that half precision puts on the other side of 0.5", Float(changed) / Float(image.count))
    // Eleven binary digits per weight, 14 layers deep; .041 and .0037 were measured.
    #expect(difference < 0.1)
    #expect(changed < image.count / 100)
  }

  @Test func `is refused where the file holds something else`() throws {
    let folder = TemporaryFolder()
    let good = try Data(contentsOf: URL(fileURLWithPath: KerasReference.mainWeights))
    let path = folder / "weights.h5"
    for count in [0, 8, 100, 4096, good.count / 2, good.count - 1000] {
      try good.prefix(count).write(to: URL(fileURLWithPath: path))
      #expect(throws: FormatError.self, "\(count)") { try UNet(publishedParticleWeights: path) }
    }
    let file = try KerasWeights(path: KerasReference.mainWeights)
    #expect(throws: FormatError.self) { try file.convolution("conv2d_1", inputs: 2, outputs: 4, kernel: 3) }
    #expect(throws: FormatError.self) { try file.convolution("conv2d_99", inputs: 1, outputs: 4, kernel: 3) }
  }

  /// The measured errors, where somebody asks for them.
  private func report(_ what: String, _ difference: Float) {
    if Measurements.areWanted { print("largest difference, \(what): \(difference)") }
  }
}
