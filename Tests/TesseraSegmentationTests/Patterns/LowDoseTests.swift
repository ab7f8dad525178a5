import Foundation
import TesseraImaging
import TesseraNumerics
import TesseraSegmentation
import TestSupport
import Testing

/// Images of so few counts that the descriptors of single patches overlap.
struct `Few counts` {
  private func segmenter(count: Int? = nil) -> Segmenter {
    var result = Segmenter()
    (result.patchSize, result.window, result.finder.count) = (63, 31, count)
    return result
  }

  /// One of several images of the same specimen, with so many counts in the brightest pixel.
  private func frame(of clean: Raster<Float>, counts: Double, seed: UInt64) -> Raster<Float> {
    var random = RandomSource(seed: seed)
    let brightest = Double(clean.values.max() ?? 1)
    return clean.map { Float(random.poisson(counts * max(0, Double($0)) / brightest)) }
  }

  @Test(.slow, arguments: [1, 2]) func `are divided by averages of descriptors`(seed: UInt64) throws {
    let made = try simulated("two-lattices", seed: seed) { $0.counts = .infinity }
    let truth = try #require(made.scene.labels)
    let image = frame(of: made.micrograph.pixels, counts: 0.06, seed: seed)
    let found = try segmenter().segmentation(of: image, spacing: nil)
    #expect(found.foundCount == 2 && found.scales.smoothing != nil)
    #expect(accuracy(found.labels, truth) > 0.95)
    // Another image by these patterns is averaged alike.
    let other = frame(of: made.micrograph.pixels, counts: 0.06, seed: seed + 10)
    let again = try Segmenter().segmentation(of: other, by: found.model)
    #expect(again.scales == found.scales && accuracy(again.labels, truth) > 0.9)
    // Whoever says how many patterns there are gets them of still fewer counts.
    let faint = frame(of: made.micrograph.pixels, counts: 0.03, seed: seed + 20)
    #expect(accuracy(try segmenter(count: 2).segmentation(of: faint, spacing: nil).labels, truth) > 0.9)
  }

  @Test(.slow, arguments: [0.3, 0.1, 0.03]) func `of one lattice are one pattern`(counts: Double) throws {
    for name in ["hexagonal", "square"] {
      let made = try simulated(name, seed: 4) { $0.counts = counts }
      let found = try segmenter().segmentation(of: made.micrograph.pixels, spacing: nil)
      #expect(found.patterns.count == 1)
    }
  }

  /// Without noise nothing is gained by an average.
  @Test(.slow) func `are not averaged where single patches tell patterns apart`() throws {
    let made = try simulated("two-lattices", seed: 1) { $0.counts = 100 }
    let found = try segmenter().segmentation(of: made.micrograph.pixels, spacing: nil)
    #expect(found.foundCount == 2 && found.scales.smoothing == nil)
  }

  /// The errors of shares are those of the places of boundaries.
  @Test(.slow, arguments: [1, 2, 3]) func `leave shares within three of their errors`(seed: UInt64) throws {
    let made = try simulated("two-lattices", seed: seed) { $0.counts = 1 }
    let truth = try #require(made.scene.labels)
    let found = try segmenter().segmentation(of: made.micrograph.pixels, spacing: nil)
    let shares = (1...2).map { label in Double(truth.values.count { $0 == label }) / Double(truth.count) }.sorted(by: >)
    for (pattern, share) in zip(found.patterns, shares) {
      #expect(pattern.fractionError > 0 && pattern.fractionError < 0.05)
      #expect(abs(pattern.fraction - share) < 3 * pattern.fractionError)
    }
  }
}
