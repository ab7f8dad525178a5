import Foundation
import NetworkTestSupport
import TesseraNetworks
import TesseraNumerics
import TesseraTraining
import Testing

@Suite("Training images of the atom network") struct AtomImagesTests {
  @Test("a number always gives the same image, another number another") func numbers() {
    let images = AtomImages()
    #expect(images.image(7) == images.image(7))
    #expect(images.image(7) != images.image(8))
    var others = images
    others.seed = 2
    #expect(images.image(7) != others.image(7))
  }

  @Test("all pixels are finite, all columns lie in the image") func sane() {
    let images = AtomImages()
    for index in 0..<60 {
      let image = images.image(index)
      #expect(image.pixels.values.allSatisfy { $0.isFinite })
      for place in image.columns + image.doubtful {
        #expect(-0.5..<127.5 ~= place.x && -0.5..<127.5 ~= place.y)
      }
    }
  }

  /// The columns that the network must find are there: they stand above their surroundings in the mean.
  @Test("columns are brighter than the places between them") func brightness() {
    let images = AtomImages()
    var (higher, all) = (0, 0)
    for index in 0..<80 {
      let image = images.image(index)
      guard let spacing = image.spacing, image.columns.count >= 20 else { continue }
      let index = PlanarIndex(image.columns + image.doubtful)
      var (on, off) = ([Float](), [Float]())
      for y in 0..<128 {
        for x in 0..<128 {
          let place = Point(Double(x), Double(y))
          if !index.neighbours(of: place, within: 0.3 * image.sigma + 0.5).isEmpty {
            on.append(image.pixels[x, y])
          } else if index.neighbours(of: place, within: 0.4 * spacing).isEmpty {
            off.append(image.pixels[x, y])
          }
        }
      }
      guard on.count > 10, off.count > 10 else { continue }
      all += 1
      if Statistics.mean(on) > Statistics.mean(off) { higher += 1 }
    }
    #expect(all > 20)
    #expect(Double(higher) >= 0.9 * Double(all))
  }

  @Test("a hand-made image: spacing, map and weights") func targets() {
    let pixels = Raster<Float>(width: 64, height: 48, filling: 0)
    let image = AtomImage(
      pixels: pixels, columns: [Point(20, 20), Point(32, 20), Point(20, 32)], doubtful: [Point(50, 10)], sigma: 3)
    #expect(image.spacing == 12)
    let map = image.map
    #expect(map[20, 20] == 1)
    // A quarter of the spacing is the standard deviation.
    #expect(abs(Double(map[23, 20]) - exp(-0.5)) < 1e-6)
    #expect(map[60, 40] == 0)
    let weights = image.weights
    #expect(weights[50, 10] == 0)
    #expect(weights[20, 20] == 1)
    #expect(weights.values.count { $0 == 0 } > 60)
  }

  @Test("lone atoms are no larger than they are; an image without columns has no spacing") func spacing() {
    let pixels = Raster<Float>(width: 64, height: 64, filling: 0)
    let far = AtomImage(pixels: pixels, columns: [Point(5, 5), Point(60, 60)], sigma: 2)
    #expect(far.spacing == 12)
    #expect(AtomImage(pixels: pixels, columns: [Point(5, 5)], sigma: 2).spacing == nil)
    let empty = AtomImage(pixels: pixels, columns: [], sigma: 2)
    #expect(empty.spacing == nil)
    #expect(empty.map.values.allSatisfy { $0 == 0 })
    #expect(empty.weights.values.allSatisfy { $0 == 1 })
  }
}

@Suite("Assessment of a network") struct AtomAssessmentTests {
  /// A network that hands the image on as its map finds bright pixels: some are columns, most are not, and its numbers say so once
  /// they are calibrated.
  @Test("scores lie in their range, and the calibration is no worse than none") func scores() throws {
    var model = try NetworkModel.handedOn(spacing: 12, gain: 2, middle: 2)
    model.normalization = .local
    var assessment = AtomAssessment()
    (assessment.count, assessment.side) = (16, 64)
    let images = AtomImages()
    let assessed = try assessment.assessed(model, on: images)
    let scores = assessed.training.scores
    for name in ["precision", "recall", "f1", "calibration_error"] {
      #expect((0...1).contains(scores[name] ?? -1), "\(name)")
    }
    #expect(assessed.trainingSpread != nil)
    #expect(assessed.calibration.slope.isFinite && assessed.calibration.offset.isFinite)
    #expect(try assessment.assessed(model, on: images) == assessed)
    assessment.count = 4
    #expect(throws: ParameterError.self) { try assessment.assessed(model, on: images) }
  }
}
