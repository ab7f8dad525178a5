import Foundation
import TesseraImaging
import TesseraNumerics

/// Whether the lattice that surrounds a region goes on inside it: then the outline divides one crystal, and is none of a particle.
///
/// The spots of the surroundings are found as those of a particle are. At the frequency of each, the amplitude inside the region is compared
/// with that around it. In one crystal both are alike; the planes of a particle end where the support begins, and those of a precipitate
/// or a grain are not those of the matrix.
package struct LatticeContinuity: Sendable {
  private let view: LatticeView
  /// Distance of each pixel from the nearest region.
  private let distances: Raster<Float>
  /// Spots of a lattice, in cycles per pixel.
  private let band: ClosedRange<Double>

  /// Plane spacings in nm that lattices show, the least from 0.17 nm: the film between particles has rings below that.
  private static let spacings = 0.17...0.7
  /// The margin of a region, as a part of its diameter, counts neither as inside nor as outside: fringes end softly.
  private static let margin = 0.125
  /// The surroundings reach as far as the region is wide, but no farther than some fifty planes of a lattice.
  private static func reach(_ diameter: Double) -> Double { min(diameter, 250) }
  /// With fewer pixels around it, in areas of the region, nothing is said.
  private static let leastAround = 0.25
  /// A lattice has two directions at least; planes in one may be those of a neighbour's rim.
  private static let directions = 2
  /// Amplitudes inside and outside agree within this factor in one crystal: 0.85 to 1.25 in nine images of crystals, and 0.4
  /// at the spots of the matrix around a precipitate; at those around most particles on a support it is larger.
  private static let alike = 1.6
  /// Amplitudes are averaged with a Gaussian of so many plane spacings.
  private static let window = 1.5

  /// - Parameter view: with a known size of its pixels, or the size that its lattice suggests.
  package init?(_ view: LatticeView) {
    guard let pixel = view.pixel else { return nil }
    self.view = view
    distances = DistanceTransform.distances(toWhere: view.labels.map { $0 > 0 })
    band = min(0.3, pixel / Self.spacings.upperBound)...min(0.45, pixel / Self.spacings.lowerBound)
  }

  /// Whether one crystal fills the region and what is around it.
  package func goesOn(inRegion label: Int) -> Bool {
    let region = view.region(of: label)
    let diameter = 2 * (Double(region.count) / .pi).squareRoot()
    let reach = Self.reach(diameter)
    guard let crop = Crop(region, of: view, distances, margin: Int(reach.rounded(.up)) + 2) else { return false }
    let edge = Float(max(1, Self.margin * diameter))
    let around = zip(crop.fromRegion.values, crop.fromLabels.values).map { $0 <= Float(reach) && $1 > edge }
    var inside = crop.inside.values.indices.map { crop.inside.values[$0] && crop.fromOutside.values[$0] > edge }
    if !inside.contains(true) { inside = crop.inside.values }
    let count = around.count { $0 }
    guard Double(count) >= Self.leastAround * Double(region.count) else { return false }
    let shape = Raster(
      width: crop.image.width, height: crop.image.height, values: around.map { $0 ? Float(1) : 0 })
    let spots = BraggPeaks(of: crop.image, shape: shape, diameter: diameter, band: band)
    let alike = ParticleFeatures.directions(of: spots).prefix(3).filter { frequency in
      let amplitude = Self.amplitude(of: crop.image, at: frequency)
      func median(where isIn: [Bool]) -> Double {
        Statistics.median(isIn.indices.filter { isIn[$0] }.map { Double(amplitude[$0]) })
      }
      let (within, without) = (median(where: inside), median(where: around))
      return within < Self.alike * without && without < Self.alike * within
    }
    return alike.count >= Self.directions
  }

  /// How strong the planes of this frequency are around each pixel.
  private static func amplitude(of image: Raster<Float>, at frequency: Point) -> [Float] {
    let sigma = window / frequency.length
    // What varies slowly, at the sides of an outline above all, is no lattice.
    let slow = GaussianFilter.smoothed(image, sigma: sigma / 2)
    var (real, imaginary) = (image, image)
    for y in 0..<image.height {
      for x in 0..<image.width {
        let index = y * image.width + x
        let phase = Float(
          (2 * .pi * (frequency.x * Double(x) + frequency.y * Double(y))).remainder(dividingBy: 2 * .pi))
        let value = image.values[index] - slow.values[index]
        (real.values[index], imaginary.values[index]) = (value * cos(phase), value * sin(phase))
      }
    }
    let (a, b) = (GaussianFilter.smoothed(real, sigma: sigma), GaussianFilter.smoothed(imaginary, sigma: sigma))
    return zip(a.values, b.values).map { ($0 * $0 + $1 * $1).squareRoot() }
  }

  /// A square around a region.
  private struct Crop {
    var image: Raster<Float>
    var inside: Raster<Bool>
    /// Distances in pixels: of each pixel from the region, from any region, and of those inside from the outside.
    var fromRegion, fromLabels, fromOutside: Raster<Float>

    /// Nil for a region without pixels. Beyond the border of the image lie pixels that belong to nothing.
    init?(_ region: [Int], of view: LatticeView, _ distances: Raster<Float>, margin: Int) {
      guard let first = region.first else { return nil }
      let width = view.image.width
      var (low, high) = (SIMD2(first % width, first / width), SIMD2(first % width, first / width))
      for index in region {
        low = pointwiseMin(low, SIMD2(index % width, index / width))
        high = pointwiseMax(high, SIMD2(index % width, index / width))
      }
      let size = high &- low &+ 1
      let side = ComplexTransform.convenientSize(from: max(size.x, size.y) + 2 * margin)
      let origin = SIMD2((low.x + high.x - side) / 2, (low.y + high.y - side) / 2)
      image = Raster(width: side, height: side, filling: 0)
      inside = Raster(width: side, height: side, filling: false)
      fromLabels = Raster(width: side, height: side, filling: 0)
      for y in 0..<side {
        for x in 0..<side {
          let (u, v) = (x + origin.x, y + origin.y)
          let isKnown = view.image.contains(x: u, y: v)
          image[x, y] = view.image[min(max(0, u), width - 1), min(max(0, v), view.image.height - 1)]
          fromLabels[x, y] = isKnown ? distances[u, v] : 0
        }
      }
      for index in region { inside[index % width - origin.x, index / width - origin.y] = true }
      fromRegion = DistanceTransform.distances(toWhere: inside)
      fromOutside = DistanceTransform.distances(toWhere: inside.map { !$0 })
    }
  }
}
