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

  /// With statistics of each batch, folded weights would mean something else from the first step on.
  @Test("a network that is trained on begins as good as it was", .enabled(if: hasTorch), .slow)
  func goingOn() throws {
    var training = Self.small
    let first = try TrainingRun(training)
    while !first.isDone { try first.advance() }
    let network = try first.network()
    (training.learningRate, training.keepsStatistics) = (1e-12, true)
    let second = try TrainingRun(training, startingFrom: network)
    let row = try second.advance()
    #expect(abs(row.validation / first.history.best!.validation - 1) < 1e-3)
    let differences = zip(try second.network().weights, network.weights).map { abs($0 - $1) }
    #expect(differences.max()! < 1e-4)
  }

  @Test("parts of labelled images are learnt, and the model file says what of", .enabled(if: hasTorch), .slow)
  func labels() throws {
    let entries = (0..<4).map { number -> LabelledImages.Entry in
      var images = AtomImages()
      (images.side, images.seed) = (128, 77)
      let image = images.image(number)
      return .init(name: "image \(number)", pixels: image.pixels, columns: image.columns, sigma: image.sigma)
    }
    var training = Self.small
    training.labels = LabelledImages(entries)
    let run = try TrainingRun(training)
    try run.advance()
    let folder = TemporaryFolder()
    try run.checkpoint().write(to: folder / "c")
    let read = try TrainingCheckpoint<AtomTraining>(readFrom: folder / "c")
    #expect(read.training == training)
    let resumed = try TrainingRun(resuming: read, as: training)
    while !resumed.isDone { try resumed.advance() }
    let record = TrainingRecord(program: "test", data: "labels", imageCount: 1, epochs: 1, seed: 1)
    var model = NetworkModel(kind: .atoms, network: try resumed.network(), training: record, licence: "none")
    model.normalization = training.normalization
    let assessed = try AtomAssessment().assessed(model, after: training)
    #expect(assessed.training.labelledImages == 4)
    #expect((0.1...0.9).contains(try #require(assessed.threshold)))
    #expect(assessed.training.scores["f1"] != nil && assessed.trainingSpread != nil)
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
