import Foundation
import TesseraNumerics

/// Whether the texture that the support shows around a region is missing inside it, as it is in a hole.
///
/// What lies on a support shows the support's texture, or a lattice, or its own thickness; through a hole there is nothing but noise, which is
/// white. Off a plane, neighbouring pixels d apart have the covariance C(d), and
///
///     E = Σ C(d)² − Σ C(0)² / N(d),
///
/// over the 24 displacements d of up to three pixels along each axis and N(d) pairs of pixels each, is 0 on average for white noise, with a
/// standard deviation of √48 C(0)² / N. A lattice has large covariances of either sign, so they are squared. The region is compared
/// with eight sectors around it, of which the median counts: an edge of the support is in a few of them.
///
/// Holes of simulated films have 0 to 0.01 of the E of the film around, 84 simulated particles 0.49 and more. A thick crystal through which
/// nothing is seen looks like a hole.
package struct SmoothInterior: Sendable {
  private let image: Raster<Float>
  private let labels: Raster<Int>

  /// - Parameters:
  ///   - image: in any unit.
  ///   - labels: of the regions, as large as the image; 0: none.
  package init(_ image: Raster<Float>, labels: Raster<Int>) {
    precondition(image.width == labels.width && image.height == labels.height)
    (self.image, self.labels) = (image, labels)
  }

  /// Largest displacement along an axis, in pixels.
  private static let reach = 3
  private static let displacements = (0...reach).flatMap { v in
    (-reach...reach).compactMap { u in v > 0 || u > 0 ? (u, v) : nil }
  }
  /// Pixels on either side of the outline are left out, as part of the radius, and in pixels at least: the rim is a step.
  private static let (rimShare, narrowestRim) = (0.15, 2.0)
  /// Width of the ring around, as part of the radius, and in pixels at least.
  private static let (ringShare, narrowestRing) = (0.5, 6.0)
  private static let sectors = 8
  /// Fewer pixels show no texture.
  private static let fewest = 60
  /// The texture around is seen from so many standard deviations of white noise on.
  private static let leastSignificance = 5.0
  /// Less of E than this share is inside, by two standard deviations. E falls with the fourth power of contrast: a flat particle that lets
  /// 0.42 of the support's contrast through has as much.
  private static let mostInside = 0.03
  /// Where so many pixels have one value, the detector or the file ends, and nothing can be seen.
  private static let clippedShare = 0.25

  /// Of a region: whether the support's texture is missing inside; false where that cannot be told.
  /// - Parameters:
  ///   - region: indices of its pixels.
  ///   - number: of the region in the labels.
  package func isSmooth(_ region: [Int], number: Int) -> Bool {
    guard region.count >= Self.fewest else { return false }
    let radius = (Double(region.count) / .pi).squareRoot()
    let rim = max(Self.narrowestRim, Self.rimShare * radius)
    let outer = rim + max(Self.narrowestRing, Self.ringShare * radius)
    let columns = region.map { $0 % labels.width }
    let rows = region.map { $0 / labels.width }
    let margin = Int(outer.rounded(.up)) + 1
    let (left, top) = (max(0, columns.min()! - margin), max(0, rows.min()! - margin))
    let right = min(labels.width - 1, columns.max()! + margin)
    let bottom = min(labels.height - 1, rows.max()! + margin)
    let part = image.cropped(x: left, y: top, width: right - left + 1, height: bottom - top + 1)
    let near = labels.cropped(x: left, y: top, width: part.width, height: part.height)
    let toOutside = DistanceTransform.distances(toWhere: near.map { $0 != number })
    let toRegion = DistanceTransform.distances(toWhere: near.map { $0 == number })
    let toAny = DistanceTransform.distances(toWhere: near.map { $0 > 0 })
    let inside = near.values.indices.filter { Double(toOutside.values[$0]) > rim }
    guard inside.count >= Self.fewest, !isClipped(inside, in: part) else { return false }
    let centre = Point(Statistics.mean(columns.map(Double.init)), Statistics.mean(rows.map(Double.init)))
    var around = [[Int]](repeating: [], count: Self.sectors)
    for index in near.values.indices where Double(toAny.values[index]) > rim && Double(toRegion.values[index]) <= outer
    {
      let place = Point(Double(left + index % part.width), Double(top + index / part.width)) - centre
      let turn = atan2(place.y, place.x) / (2 * .pi) + 0.5
      around[min(Self.sectors - 1, Int(turn * Double(Self.sectors)))].append(index)
    }
    let textures = around.filter { $0.count >= Self.fewest && !isClipped($0, in: part) }.map {
      texture(of: $0, in: part)
    }
    .sorted { $0.excess < $1.excess }
    guard 2 * textures.count >= Self.sectors else { return false }
    let support = textures[textures.count / 2]
    let seen = texture(of: inside, in: part)
    return support.excess > Self.leastSignificance * support.error
      && max(0, seen.excess) + 2 * seen.error < Self.mostInside * support.excess
  }

  private func isClipped(_ pixels: [Int], in part: Raster<Float>) -> Bool {
    let middle = Statistics.median(pixels.map { part.values[$0] })
    return Double(pixels.count { part.values[$0] == middle }) > Self.clippedShare * Double(pixels.count)
  }

  /// E of some pixels, and its standard deviation for white noise of the same variance.
  private func texture(of pixels: [Int], in part: Raster<Float>) -> (excess: Double, error: Double) {
    let rest = withoutPlane(pixels, in: part)
    var values = [Double](repeating: .nan, count: part.count)
    for (index, value) in zip(pixels, rest) { values[index] = value }
    let variance = rest.reduce(0) { $0 + $1 * $1 } / Double(rest.count)
    var excess = 0.0
    for (u, v) in Self.displacements {
      var (sum, count) = (0.0, 0.0)
      for index in pixels {
        let (x, y) = (index % part.width + u, index / part.width + v)
        guard x >= 0, x < part.width, y < part.height, case let other = values[y * part.width + x], !other.isNaN else {
          continue
        }
        sum += values[index] * other
        count += 1
      }
      guard count > 0 else { continue }
      excess += (sum / count) * (sum / count) - variance * variance / count
    }
    let error = (2 * Double(Self.displacements.count)).squareRoot() * variance * variance / Double(rest.count)
    return (excess, error)
  }

  /// Values less a plane through them.
  private func withoutPlane(_ pixels: [Int], in part: Raster<Float>) -> [Double] {
    let places = pixels.map { Point(Double($0 % part.width), Double($0 / part.width)) }
    let centre = places.reduce(Point.zero) { $0 + $1 } / Double(places.count)
    let mean = Statistics.mean(pixels.map { Double(part.values[$0]) })
    var (xx, xy, yy, xv, yv) = (0.0, 0.0, 0.0, 0.0, 0.0)
    for (index, place) in zip(pixels, places) {
      let (d, value) = (place - centre, Double(part.values[index]) - mean)
      xx += d.x * d.x
      xy += d.x * d.y
      yy += d.y * d.y
      xv += d.x * value
      yv += d.y * value
    }
    let determinant = xx * yy - xy * xy
    let (a, b) =
      determinant > 0 ? ((yy * xv - xy * yv) / determinant, (xx * yv - xy * xv) / determinant) : (0, 0)
    return zip(pixels, places).map { index, place in
      Double(part.values[index]) - mean - a * (place.x - centre.x) - b * (place.y - centre.y)
    }
  }
}
