import Foundation
import TesseraImaging
import TesseraNumerics

/// The planes of a crystal that an image shows, for whoever needs their spacing only.
package enum CrystalPlanes {
  /// Geometric mean of the spacings of the two strongest families of planes of low order, in pixels; nil where the spectrum shows no two.
  package static func spacing(of image: Raster<Float>) -> Double? {
    guard min(image.width, image.height) >= 32 else { return nil }
    // Both ends of each row and column fade out: edges of the image are no planes.
    func fading(_ count: Int) -> [Float] {
      (0..<count).map { Float(0.5 - 0.5 * cos(2 * .pi * (Double($0) + 0.5) / Double(count))) }
    }
    let (across, down) = (fading(image.width), fading(image.height))
    let mean = Float(Statistics.mean(image.values))
    let tapered = concurrentRows(width: image.width, height: image.height, of: Float(0)) { y, row in
      for x in 0..<image.width { row[x] = (image.values[y * image.width + x] - mean) * across[x] * down[y] }
    }
    let finder = ReflectionFinder()
    let spectrum = FourierTransform(width: image.width, height: image.height).spectrum(of: tapered)
    guard let pair = finder.pairs(of: finder.reflections(of: spectrum), atMost: 1).first else { return nil }
    return 1 / (pair.0.frequency.length * pair.1.frequency.length).squareRoot()
  }
}
