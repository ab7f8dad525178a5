import Foundation
import TesseraImaging
import TesseraNetworks
import TesseraNumerics
import TesseraTraining
import Testing

@Suite("Masks of particles to train on") struct LabelledMasksTests {
  /// A bright disc on noise, in pixels of 0.03 nm.
  private func entry(_ name: String, seed: UInt64, side: Int = 400) throws -> LabelledMasks.Entry {
    var random = RandomSource(seed: seed)
    let centre = Point(random.uniform(), random.uniform()) * Double(side)
    var image = Raster<Float>(width: side, height: side, filling: 0)
    var mask = Raster(width: side, height: side, filling: false)
    for y in 0..<side {
      for x in 0..<side {
        mask[x, y] = (Point(Double(x), Double(y)) - centre).length < Double(side) / 4
        image[x, y] = (mask[x, y] ? 2 : 0) + 0.3 * Float(random.gaussian())
      }
    }
    return try .init(name: name, image: image, mask: mask, pixel: 0.03)
  }

  private func training(_ count: Int) throws -> ParticleTraining {
    var training = ParticleTraining.labelled
    training.images.side = 96
    training.labels = LabelledMasks(try (1...count).map { try entry("\($0)", seed: UInt64($0)) })
    return training
  }

  @Test("pixels are joined, and parts turn image and mask together") func parts() throws {
    let one = try entry("a", seed: 1)
    #expect(one.pixels.width == 200 && one.mask.width == 200)
    let labels = try #require(training(2).labels)
    for index in 0..<24 {
      let (pixels, mask) = labels.trial(index, side: 96, seed: 5)
      #expect(pixels.width == 96 && mask.height == 96 && mask.values.allSatisfy { $0 == 0 || $0 == 1 })
      func mean(where wanted: Float) -> Double? {
        let values = zip(pixels.values, mask.values).filter { $0.1 == wanted }.map(\.0)
        return values.count > 300 ? Statistics.mean(values) : nil
      }
      // Where the mask is, the image is bright.
      if let inside = mean(where: 1), let outside = mean(where: 0) { #expect(inside > outside + 0.5) }
    }
    #expect(labels.trial(3, side: 96, seed: 5).pixels == labels.trial(3, side: 96, seed: 5).pixels)
    #expect(labels.trial(3, side: 96, seed: 5).pixels != labels.trial(3, side: 96, seed: 6).pixels)
  }

  @Test("every fourth image is held back, if there are four; a checkpoint knows them by name and checksum")
  func coding() throws {
    #expect(try !LabelledMasks([entry("a", seed: 1)]).holdsBack)
    let four = try training(4).labels!
    #expect(four.holdsBack && four.split.held == [3] && four.split.trained == [0, 1, 2])
    let read = try JSONDecoder().decode(LabelledMasks.self, from: JSONEncoder().encode(four))
    #expect(read == four && read.entries.isEmpty)
    #expect(try LabelledMasks([entry("a", seed: 1)]) != LabelledMasks([entry("a", seed: 2)]))
  }

  @Test("the images that were trained on choose the threshold, those held back are scored") func assessment() throws {
    let (model, curve) = try ParticleAssessment().assessed(.shippedParticles, on: training(4).labels!)
    #expect(model.training.labelledImages == 4 && model.training.scores["labels_were_held_back"] == 1)
    #expect(curve.count > 30 && curve.contains { $0.threshold == model.threshold })
    let best = try #require(curve.map(\.f1).max())
    #expect(curve.first { $0.threshold == model.threshold }?.f1 == best)
    #expect(zip(curve, curve.dropFirst()).allSatisfy { $0.recall >= $1.recall })
  }
}
