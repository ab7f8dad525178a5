import Foundation
import TesseraNetworks
import TesseraNumerics
import TesseraTraining
import TestSupport
import Testing

/// What needs libtorch is left out where `make train-dependencies` has not been run.
@Suite("Training of the atom network", .serialized) struct AtomTrainingTests {
  /// A small training: 4 channels, images of 64 pixels.
  private static var small: AtomTraining {
    var training = AtomTraining()
    (training.width, training.steps, training.batchSize) = (4, 6, 4)
    training.images.side = 64
    (training.validationInterval, training.validationCount) = (3, 8)
    return training
  }

  private static let hasTorch: Bool = (try? TrainingRun(small)) != nil

  @Test("settings out of range are refused") func settings() {
    var training = Self.small
    training.steps = 0
    #expect(throws: ParameterError.self) { try training.check() }
    training = Self.small
    training.images.side = 50
    #expect(throws: ParameterError.self) { try training.check() }
    training = Self.small
    training.learningRate = .nan
    #expect(throws: ParameterError.self) { try training.check() }
    #expect(throws: Never.self) { try Self.small.check() }
  }

  @Test("without libtorch a sentence names the command that installs it", .enabled(if: !hasTorch))
  func missing() throws {
    let error = #expect(throws: DataError.self) { try TrainingRun(Self.small) }
    #expect(error?.description.contains("make train-dependencies") == true)
  }

  @Test("on one thread a seed gives the same weights, another seed others", .enabled(if: hasTorch), .slow)
  func seeds() throws {
    func weights(_ seed: UInt64) throws -> [Float] {
      var training = Self.small
      training.images.seed = seed
      let run = try TrainingRun(training)
      while !run.isDone { try run.advance() }
      return try run.network().weights
    }
    let first = try weights(1)
    #expect(try weights(1) == first)
    #expect(try weights(2) != first)
  }

  @Test("a training that was interrupted ends as if it had not been", .enabled(if: hasTorch), .slow)
  func resuming() throws {
    let whole = try TrainingRun(Self.small)
    while !whole.isDone { try whole.advance() }
    let folder = TemporaryFolder()
    let path = folder / "training.checkpoint"
    let first = try TrainingRun(Self.small)
    try first.advance()
    try first.checkpoint().write(to: path)
    let second = try TrainingRun<AtomTraining>(resuming: TrainingCheckpoint<AtomTraining>(readFrom: path))
    #expect(second.step == 3)
    while !second.isDone { try second.advance() }
    #expect(second.history == whole.history)
    #expect(try second.network() == whole.network())
    // Cut off, it is refused.
    let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    try bytes.dropLast(6).write(to: URL(fileURLWithPath: path))
    #expect(throws: (any Error).self) { try TrainingCheckpoint<AtomTraining>(readFrom: path) }
  }

  /// The network that libtorch trains and the one that the program runs are the same function: starting from weights of `UNet`, the
  /// loss before any step is what the maps of `UNet` pay.
  @Test("libtorch and UNet agree on maps and spacing", .enabled(if: hasTorch), .slow)
  func agreement() throws {
    let trained = try TrainingRun(Self.small)
    try trained.advance()
    let network = try trained.network()
    let images = Self.small.validationImages
    var expected = (map: 0.0, spacing: 0.0)
    for index in 0..<8 {
      let image = images.image(index)
      let pixels = try InputNormalization.local.normalized(image.pixels)
      let found = try network.maps(of: pixels)
      let (map, weights) = (image.map, image.weights)
      for pixel in map.values.indices {
        let error = Double(found.maps[0].values[pixel] - map.values[pixel])
        expected.map += 0.1 * Double(weights.values[pixel]) * error * error / 8
      }
      if let wanted = image.spacing {
        let error = 16 * (found.spacing! / wanted - 1)
        expected.spacing += error * error / 8
      }
    }
    let row = trained.history.rows[0]
    #expect(abs(row.validationMap - expected.map) < 1e-3 * expected.map)
    #expect(abs(row.validationSpacing - expected.spacing) < 1e-3 * expected.spacing)
  }

  @Test("the loss falls", .enabled(if: hasTorch), .slow) func loss() throws {
    var training = Self.small
    (training.steps, training.validationInterval) = (60, 20)
    let run = try TrainingRun(training, threads: 2)
    while !run.isDone { try run.advance() }
    #expect(run.history.rows.last!.validationMap < run.history.rows[0].validationMap)
  }
}
