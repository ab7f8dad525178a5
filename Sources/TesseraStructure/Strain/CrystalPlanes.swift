import Foundation
import TesseraImaging
import TesseraNumerics

/// The planes of a crystal that an image shows, for whoever needs no more than their spacing or their directions.
package enum CrystalPlanes {
  /// Geometric mean of the spacings of the two strongest families of planes of low order, in pixels; nil where the spectrum shows no two.
  package static func spacing(of image: Raster<Float>) -> Double? { pair(in: image).map(spacing(of:)) }

  /// Planes less far apart, in pixels, are patterns of the camera or of the scan.
  static let finest = 3.3

  /// Geometric mean of the spacings of two families of planes with these frequencies.
  static func spacing(of pair: (Point, Point)) -> Double { 1 / (pair.0.length * pair.1.length).squareRoot() }

  /// Frequencies of the two strongest families of planes of low order, in cycles per pixel; nil where the spectrum shows no two.
  static func pair(in image: Raster<Float>) -> (Point, Point)? {
    guard let spectrum = spectrum(of: image) else { return nil }
    let finder = ReflectionFinder()
    return finder.pairs(of: finder.reflections(of: spectrum), atMost: 1).first.map { ($0.frequency, $1.frequency) }
  }

  /// Mean phase factor of places on planes of this frequency, in cycles per pixel, from which on they belong to a lattice. Columns on both sites of a
  /// honeycomb reach one half, those of simpler lattices more.
  static let leastCoherence = 0.4

  /// The mean phase factor, 0 ... 1; n places at random exceed c in exp(-n c²) of cases.
  static func coherence(of places: [Point], on frequency: Point) -> Double {
    let phases = places.map { 2 * Double.pi * frequency.dot($0) }
    return hypot(Statistics.mean(phases.map(cos)), Statistics.mean(phases.map(sin)))
  }

  /// Reflections on one line through the origin, bent as curved planes bend it: the sine of the angle between two.
  private static let parallelSine = 0.26

  /// Whether all reflections of an image are of planes in one direction: stripes, or columns that are not resolved along their rows.
  /// False where it has none.
  package static func areParallel(in image: Raster<Float>) -> Bool {
    guard let spectrum = spectrum(of: image) else { return false }
    let frequencies = ReflectionFinder().reflections(of: spectrum).map(\.frequency)
    guard let first = frequencies.first else { return false }
    return frequencies.allSatisfy { abs(first.cross($0)) < parallelSine * first.length * $0.length }
  }

  /// The spectrum of the image without its mean; nil of an image too small for planes.
  private static func spectrum(of image: Raster<Float>) -> Spectrum? {
    guard min(image.width, image.height) >= 32 else { return nil }
    // Both ends of each row and column fade out: edges of the image are no planes.
    let tapered = image.tapered(by: HannWindow.values, less: Float(Statistics.mean(image.values)))
    return FourierTransform(width: image.width, height: image.height).spectrum(of: tapered)
  }
}
