import Foundation
import TesseraImaging
import TesseraNumerics

/// What a forest is told of a particle: the five features of [P21], and a richer set of spots, phases, contrast and shape.
public struct ParticleFeatures: Sendable, Codable, Equatable {
  /// Whether the richer set is there.
  public var isRich = true
  /// The richer set of features.
  public init() {}

  private static let peakCount = 4
  /// Spots this many times above what chance reaches are a lattice's: medians of rings scatter, so that in noise alone one small particle in
  /// ten still has one, and hardly any of 40 pixels or more.
  private static let strong = 2.5
  private static let radialCount = 8
  /// Frequencies of lattices in nm⁻¹, and in cycles per pixel where the scale is unknown.
  private static let band = 1.9...8.5
  private static let plainBand = 0.06...0.4

  /// Names of the features in the order of `values(of:in:measures:pixel:)`.
  public var names: [String] {
    guard isRich else { return RingFeatures.names }
    let peaks = (1...Self.peakCount).flatMap { ["height_\($0)", "coherence_\($0)", "share_\($0)", "weakest_\($0)"] }
    let pairs = (2...Self.peakCount).flatMap { ["angle_1_\($0)", "ratio_1_\($0)"] }
    let radial = (1...Self.radialCount).map { "radial_\($0)" }
    return RingFeatures.names + [
      "spots", "directions", "spacing", "least_coherence", "least_share", "least_weakest",
      "most_coherence", "most_share", "streak", "streak_ratio", "streak_order",
    ]
      + peaks
      + pairs + radial
      + [
        "two_fold", "four_fold", "six_fold", "contrast", "texture", "step", "circularity", "solidity", "aspect",
        "diameter",
      ]
  }

  /// - Parameters:
  ///   - region: indices of the particle's pixels.
  ///   - image: the whole image.
  ///   - measures: of the region.
  ///   - pixel: side of a pixel in nm; nil: unknown.
  public func values(
    of region: [Int], in image: Raster<Float>, measures: RegionMeasures, pixel: Double?
  ) -> [Float] {
    let width = image.width
    let (left, right, top, bottom) = Self.box(of: region, width: width)
    let side = min(max(4, min(right - left + 1, bottom - top + 1)), image.width, image.height)
    let square = image.cropped(
      x: min(max(0, (left + right + 1 - side) / 2), image.width - side),
      y: min(max(0, (top + bottom + 1 - side) / 2), image.height - side), width: side, height: side)
    // The unit of intensity is no feature: relative to the whole image.
    let (mean, deviation) = (Statistics.mean(image.values), Statistics.deviation(image.values))
    let unit = Float(deviation > 0 ? 1 / deviation : 0)
    var values = RingFeatures.values(of: square.map { ($0 - Float(mean)) * unit })
    if isRich {
      values += lattice(
        of: region, in: image, box: (left, right, top, bottom), measures: measures, pixel: pixel)
    }
    return values.map { $0.isFinite ? Float($0) : 0 }
  }

  /// Number of families of planes whose spots stand far above what chance reaches, as `values(of:in:measures:pixel:)` gave it; nil without the
  /// richer set.
  package func directions(among values: [Float]) -> Int? {
    names.firstIndex(of: "directions").map { Int(values[$0]) }
  }

  /// Number of families of planes in a region whose spots stand far above what chance reaches.
  /// - Parameters:
  ///   - region: indices of its pixels in the whole image; at least one.
  ///   - image: the whole image.
  ///   - pixel: side of a pixel in nm; nil: unknown.
  package static func latticeDirections(of region: [Int], in image: Raster<Float>, pixel: Double?) -> Int {
    let diameter = 2 * (Double(region.count) / .pi).squareRoot()
    let found = Self().spots(
      of: region, in: image, box: box(of: region, width: image.width), diameter: diameter, pixel: pixel
    ).peaks
    return directions(of: found).count
  }

  private typealias Box = (left: Int, right: Int, top: Int, bottom: Int)

  private static func box(of region: [Int], width: Int) -> Box {
    var (left, right, top, bottom) = (Int.max, 0, Int.max, 0)
    for index in region {
      (left, right) = (min(left, index % width), max(right, index % width))
      (top, bottom) = (min(top, index / width), max(bottom, index / width))
    }
    return (left, right, top, bottom)
  }

  /// Spots whose directions differ by no more than this, in degrees, are one: a spot of a particle of seven planes is 1 / 7 of its frequency,
  /// eight degrees, wide.
  private static let sameDirection = 8.0

  /// The strong spots, one for each direction, the strongest first.
  static func directions(of found: BraggPeaks) -> [Point] {
    var directions: [Point] = []
    for peak in found.peaks
    where peak.height > strong * found.chance
      && directions.allSatisfy({ between($0, peak.frequency) > Self.sameDirection })
    {
      directions.append(peak.frequency)
    }
    return directions
  }

  /// The angle between two lines in degrees, 0 ... 90.
  private static func between(_ a: Point, _ b: Point) -> Double {
    let difference = abs(atan2(a.y, a.x) - atan2(b.y, b.x)).truncatingRemainder(dividingBy: .pi)
    return min(difference, .pi - difference) * 180 / .pi
  }

  /// The margin on both sides together: a quarter of the region, and no less than some pixels, so that there are surroundings to compare
  /// a small region with.
  private static let (marginPart, leastMargin) = (4, 8)

  /// The region cut out with a margin, and its spots.
  private func spots(
    of region: [Int], in image: Raster<Float>, box: Box, diameter: Double, pixel: Double?
  ) -> (peaks: BraggPeaks, shape: Raster<Float>, crop: Raster<Float>, band: ClosedRange<Double>) {
    let (width, height) = (image.width, image.height)
    let longest = max(box.right - box.left, box.bottom - box.top) + 1
    let side = ComplexTransform.convenientSize(from: longest + longest / Self.marginPart + Self.leastMargin)
    let (x0, y0) = ((box.left + box.right + 1 - side) / 2, (box.top + box.bottom + 1 - side) / 2)
    var shape = Raster<Float>(width: side, height: side, filling: 0)
    for index in region { shape[index % width - x0, index / width - y0] = 1 }
    // Beyond the image stands its border.
    var crop = Raster<Float>(width: side, height: side, filling: 0)
    for y in 0..<side {
      for x in 0..<side {
        crop[x, y] = image[min(max(0, x + x0), width - 1), min(max(0, y + y0), height - 1)]
      }
    }
    let band =
      pixel.map { min(0.4, $0 * Self.band.lowerBound)...min(0.45, max(0.1, $0 * Self.band.upperBound)) }
      ?? Self.plainBand
    return (BraggPeaks(of: crop, shape: shape, diameter: diameter, band: band), shape, crop, band)
  }

  private func lattice(
    of region: [Int], in image: Raster<Float>, box: Box,
    measures: RegionMeasures, pixel: Double?
  ) -> [Double] {
    let (found, shape, crop, band) = spots(
      of: region, in: image, box: box, diameter: measures.equivalentDiameter, pixel: pixel)
    let peaks = Array(found.peaks.prefix(Self.peakCount))
    let strong = found.peaks.filter { $0.height > Self.strong * found.chance }
    let extents = peaks.map { found.extent(of: $0) }
    func least(_ value: (BraggPeaks.Extent) -> Double) -> Double {
      zip(peaks, extents).filter { $0.0.height > Self.strong * found.chance }.map { value($0.1) }.min() ?? 0
    }
    let scale = pixel ?? 0.05
    var values: [Double] = [
      Double(strong.count), Double(Self.directions(of: found).count),
      strong.first.map { scale / $0.frequency.length } ?? 0,
      least(\.coherence), least(\.share), least(\.weakest),
    ]
    values += across(strong, found)
    for number in 0..<Self.peakCount {
      guard number < peaks.count else {
        values += [0, 0, 0, 0]
        continue
      }
      let extent = extents[number]
      values += [log(peaks[number].height), extent.coherence, extent.share, extent.weakest]
    }
    for number in 1..<Self.peakCount {
      guard number < peaks.count else {
        values += [-1, -1]
        continue
      }
      values += [
        Self.between(peaks[0].frequency, peaks[number].frequency),
        peaks[number].frequency.length / peaks[0].frequency.length,
      ]
    }
    values += radial(found.peaks, band: band) + angular(strong)
    values += contrast(of: shape, crop)
    values += [measures.circularity, measures.solidity, measures.aspect, measures.equivalentDiameter * scale]
    return values
  }

  /// What the families of planes have in common: the greatest coherence and share of one, and how spots are drawn out. All planes of
  /// a crystal lie in all of it, those along which two twins meet lie in both; overlapping particles share none.
  private func across(_ strong: [BraggPeaks.Peak], _ found: BraggPeaks) -> [Double] {
    let first = strong.prefix(Self.peakCount)
    let extents = first.map { found.extent(of: $0) }
    let streaks = first.map { found.streak(of: $0) }
    guard let longest = streaks.map(\.elongation).max(), let shortest = streaks.map(\.elongation).min() else {
      return [0, 0, 0, 0, 0]
    }
    // Streaks of one fault are parallel: directions are doubled, because a line points both ways.
    var (x, y, total) = (0.0, 0.0, 0.0)
    for streak in streaks {
      let weight = streak.elongation - 1
      (x, y) = (x + weight * cos(2 * streak.direction), y + weight * sin(2 * streak.direction))
      total += weight
    }
    return [
      extents.map(\.coherence).max() ?? 0, extents.map(\.share).max() ?? 0, longest, longest / shortest,
      total > 0 ? hypot(x, y) / total : 0,
    ]
  }

  /// Logarithm of the strongest spot in each eighth of the band.
  private func radial(_ peaks: [BraggPeaks.Peak], band: ClosedRange<Double>) -> [Double] {
    var result = [Double](repeating: 0, count: Self.radialCount)
    for peak in peaks {
      let share = (peak.frequency.length - band.lowerBound) / (band.upperBound - band.lowerBound)
      let bin = min(max(0, Int(share * Double(Self.radialCount))), Self.radialCount - 1)
      result[bin] = max(result[bin], log(peak.height))
    }
    return result
  }

  /// How much the directions of the spots follow a two-, four- and six-fold rotation, 0 ... 1.
  private func angular(_ peaks: [BraggPeaks.Peak]) -> [Double] {
    [2.0, 4, 6].map { fold in
      var (re, im, total) = (0.0, 0.0, 0.0)
      for peak in peaks {
        let (weight, turn) = (log(peak.height), fold * atan2(peak.frequency.y, peak.frequency.x))
        re += weight * cos(turn)
        im += weight * sin(turn)
        total += weight
      }
      return total > 0 ? hypot(re, im) / total : 0
    }
  }

  /// Standard deviation of the Gaussian whose means are those of large patches, in sides of the part of the image that holds the region: about
  /// a dozen patches fit inside a round one.
  private static let largePatch = 0.06
  /// A deviation around is at least this, so that surroundings of equal pixels divide by no zero.
  private static let rounding = 1e-12

  /// Mean inside less that around, over the deviation around; the two deviations; and how much the mean of large patches changes inside.
  private func contrast(of shape: Raster<Float>, _ crop: Raster<Float>) -> [Double] {
    let smooth = GaussianFilter.smoothed(crop, sigma: max(1, Self.largePatch * Double(crop.width)))
    let inside = shape.values.indices.filter { shape.values[$0] > 0 }
    let outside = shape.values.indices.filter { shape.values[$0] == 0 }
    guard inside.count > 1, outside.count > 1 else { return [0, 0, 0] }
    func numbers(_ places: [Int], _ image: Raster<Float>) -> [Float] { places.map { image.values[$0] } }
    let (within, around) = (numbers(inside, crop), numbers(outside, crop))
    let spread = max(Self.rounding, Statistics.deviation(around))
    return [
      (Statistics.mean(within) - Statistics.mean(around)) / spread, Statistics.deviation(within) / spread,
      Statistics.deviation(numbers(inside, smooth)) / spread,
    ]
  }
}
