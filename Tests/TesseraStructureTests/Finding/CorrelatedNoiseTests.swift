import Foundation
import TesseraImaging
import TesseraNumerics
import TesseraStructure
import Testing

/// Noise of interpolated or smoothed images, and of cameras whose pixels leak.
struct `Noise that neighbouring pixels share` {
  private let side = 384
  private let sigma = 2.8

  /// Noise of unit deviation, seen through a Gaussian of `width` pixels; 0: white.
  private func noise(width: Double, seed: UInt64) -> Raster<Float> {
    var random = RandomSource(seed: seed)
    let white = Raster<Float>(
      width: side, height: side, values: (0..<side * side).map { _ in Float(random.gaussian()) })
    guard width > 0 else { return white }
    let smooth = GaussianFilter.smoothed(white, sigma: width)
    let unit = Float(1 / Statistics.deviation(smooth.values))
    return smooth.map { $0 * unit }
  }

  /// A square lattice of columns of height 10, off the pixels.
  private func crystal(noiseWidth: Double, seed: UInt64) -> (image: Raster<Float>, places: [Point]) {
    let (u, v) = (Point(15.7, 3.1), Point(-3.1, 15.7))
    let limit = Double(side)
    var places: [Point] = []
    for i in -30...30 {
      for j in -30...30 {
        let place = u * Double(i) + v * Double(j)
        if min(place.x, place.y) > -10 && max(place.x, place.y) < limit + 10 { places.append(place) }
      }
    }
    var image = noise(width: noiseWidth, seed: seed)
    let exponent = -1 / (2 * sigma * sigma)
    for place in places {
      let (left, top) = (Int(place.x.rounded()) - 14, Int(place.y.rounded()) - 14)
      for y in max(0, top)..<max(0, min(side, top + 29)) {
        for x in max(0, left)..<max(0, min(side, left + 29)) {
          let square = (Point(Double(x), Double(y)) - place).squaredLength
          image[x, y] += Float(10 * exp(exponent * square))
        }
      }
    }
    let inside = places.filter { min($0.x, $0.y) > 20 && max($0.x, $0.y) < limit - 20 }
    return (image, inside)
  }

  @Test(arguments: [0.0, 0.7, 1.2]) func `is in the errors of places and heights`(width: Double) throws {
    let (image, places) = crystal(noiseWidth: width, seed: 3)
    let found = try ColumnFinder().found(
      in: Preparation().prepared(Micrograph(name: "image", pixels: image)), name: "image")
    let index = PlanarIndex(found.sites.positions)
    var (pulls, heights): ([Double], [Double]) = ([], [])
    for place in places {
      let nearest = try #require(index.nearest(1, to: place).first)
      let (site, accuracy) = (found.sites[nearest], found.accuracies[nearest])
      #expect((site.position - place).length < 3)
      pulls += [
        (site.position.x - place.x) / accuracy.position.x, (site.position.y - place.y) / accuracy.position.y,
      ]
      heights.append((site.amplitude - 10) / accuracy.amplitude)
    }
    // 400 columns: a deviation is good to 3 %, and of noise as wide as the columns the spectrum is not flat below the ring.
    let spread = Statistics.deviation(pulls)
    #expect(spread > 0.75 && spread < 1.3, "\(width) px: places \(spread), noise \(found.noiseCorrelation)")
    let spreadOfHeights = Statistics.deviation(heights)
    #expect(spreadOfHeights > 0.7 && spreadOfHeights < 1.4, "\(width) px: heights \(spreadOfHeights)")
    #expect((width == 0) == (found.noiseCorrelation == 1))
  }

  /// Deviations over the map of an unstrained crystal against the errors stated.
  @Test(arguments: [0.0, 0.8, 1.5]) func `is in the errors of strain by phases`(width: Double) throws {
    var ratios: [Double] = []
    for seed in 1...4 as ClosedRange<UInt64> {
      let field = try GeometricPhase().outcome(of: crystal(noiseWidth: width, seed: seed).image).field
      let map = field.map(source: .gpa, reference: try StrainReference.mean.vectors(in: field))
      let errors = try #require(map.errors)
      for (plane, error) in zip(map.planes.all, errors.all) {
        ratios.append(
          Statistics.deviation(plane.values.filter(\.isFinite)) / Statistics.mean(error.values.filter(\.isFinite)))
      }
    }
    let mean = Statistics.mean(ratios)
    #expect(mean > 0.8 && mean < 1.25, "\(width) px: \(ratios)")
  }
}
