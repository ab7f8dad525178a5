import Foundation
import TesseraNumerics

/// Cross-correlation of pairs of frames: the places of its peaks, and how sure their heights are.
///
/// Frames are averaged over blocks to at most 512 pixels per side and padded with zeros, so that nothing wraps around. The
/// correlation at a shift Δ is that of the pixels that both frames show, weighted by both tapers, W(p) = w(p) w(p + Δ),
///
///     ρ(Δ) = [Σ W(p) I(p) J(p + Δ) / Σ W − m_I m_J] / √(v_I v_J),
///
/// with means m and variances v under the same weights, so that equal structures give equal peaks at any distance. Source:
/// Padfield, IEEE Trans. Image Process. 21 (2012) 2706, with a taper for the mask.
package struct PairCorrelation: Sendable {
  /// A shift of the second frame against the first.
  package struct Peak: Sendable, Equatable {
    /// In pixels of the frames.
    package var shift: Point
    /// How much lower it is than the best peak, in standard errors of the difference of both; 0 for the best.
    package var deficit: Double

    package init(shift: Point, deficit: Double) { (self.shift, self.deficit) = (shift, deficit) }

    /// Deficits of less are chance: the best of a hundred equal peaks lies 2.5 standard errors above the mean, and the one
    /// that is sought may lie 1.5 below.
    package static let leastDeficit = 4.0
    /// Whether noise alone could make it lower than the best.
    package var isEqual: Bool { deficit < Self.leastDeficit }
  }

  /// A frame made ready.
  struct Prepared: Sendable {
    fileprivate let spectrum: Spectrum
    /// Mean and variance of what of the frame a second frame shows that is shifted by `-reach ... reach`.
    fileprivate let mean, variance: Raster<Float>
    fileprivate let isConstant: Bool
  }

  private let factor: Int
  private let width, height: Int
  private let transform: FourierTransform
  private let taper: (across: [Float], down: [Float])
  private let taperSpectrum: Spectrum
  /// Correlation of the tapers, at shifts 0 ... width / 2 and 0 ... height / 2; a product of both.
  private let overlap: (across: [Double], down: [Double])
  /// Shifts of up to half the frame are looked at, in blocks.
  private let reach: (x: Int, y: Int)

  /// Largest side that is correlated, in blocks.
  private static let largestSide = 512
  /// This many of the highest peaks are kept: wrong ones among them are recognised by other pairs.
  private static let highestCount = 12
  /// Of the peaks that are as good as the best, this many of the smallest shifts are kept: on a lattice, all those within
  /// three lattice vectors, by which frames drift that are six apart and drift by half a vector each.
  private static let nearestCount = 48
  /// The highest of a million values of white noise lies five standard deviations from zero.
  private static let leastSignificance = 6.0
  /// Variance of an overlap, as a share of the frame's, that counts at least: smooth or empty margins correlate by chance.
  private static let leastVariance: Float = 0.2
  /// Error of a height between pixels, as a share of what the peak falls by over half a pixel: parabola against bell.
  private static let vertexError = 0.05

  init(width: Int, height: Int) {
    factor = max(1, (max(width, height) + Self.largestSide - 1) / Self.largestSide)
    (self.width, self.height) = (max(1, width / factor), max(1, height / factor))
    (taper.across, taper.down) = (Self.taper(self.width), Self.taper(self.height))
    overlap = (Self.overlap(taper.across), Self.overlap(taper.down))
    reach = (self.width / 2, self.height / 2)
    // Half as large again as the frame: shifts go up to half of it.
    transform = FourierTransform(
      width: ComplexTransform.convenientSize(from: self.width + self.width / 2 + 1),
      height: ComplexTransform.convenientSize(from: self.height + self.height / 2 + 1))
    var window = Raster<Float>(width: transform.width, height: transform.height, filling: 0)
    for y in 0..<self.height {
      for x in 0..<self.width { window.values[y * transform.width + x] = taper.across[x] * taper.down[y] }
    }
    taperSpectrum = transform.spectrum(of: window)
  }

  func prepared(_ frame: Raster<Float>) -> Prepared {
    let scale = 1 / Float(factor * factor)
    let blocks = concurrentRows(width: width, height: height, of: Float(0)) { y, row in
      for line in y * factor..<(y + 1) * factor {
        let source = frame.values.span.extracting(line * frame.width..<(line + 1) * frame.width)
        for x in 0..<width {
          for i in 0..<factor { row[x] += scale * source[x * factor + i] }
        }
      }
    }
    let level = Float(Statistics.mean(blocks.values))
    var tapered = Raster<Float>(width: transform.width, height: transform.height, filling: 0)
    var squared = tapered
    var energy = 0.0
    for y in 0..<height {
      for x in 0..<width {
        let value = blocks.values[y * width + x] - level
        let weighted = value * taper.across[x] * taper.down[y]
        tapered.values[y * transform.width + x] = weighted
        squared.values[y * transform.width + x] = weighted * value
        energy += Double(weighted * value)
      }
    }
    let spectrum = transform.spectrum(of: tapered)
    let mean = overlapMean(of: spectrum, with: taperSpectrum)
    var variance = overlapMean(of: transform.spectrum(of: squared), with: taperSpectrum)
    let middle = variance.values.count / 2
    let least = Self.leastVariance * max(0, variance.values[middle] - mean.values[middle] * mean.values[middle])
    for index in variance.values.indices {
      variance.values[index] = max(least, variance.values[index] - mean.values[index] * mean.values[index])
    }
    let isConstant = least <= 0 || energy <= 1e-10 * Double(width * height) * Double(level * level)
    return Prepared(spectrum: spectrum, mean: mean, variance: variance, isConstant: isConstant)
  }

  /// Σ f(p) g(p + Δ) over the correlation of the tapers, at shifts of up to the reach.
  private func overlapMean(of first: Spectrum, with second: Spectrum) -> Raster<Float> {
    var product = first
    for index in product.values.indices {
      let (a, b) = (first.values[index], second.values[index])
      product.values[index] = SIMD2(a.x * b.x + a.y * b.y, a.x * b.y - a.y * b.x)
    }
    let correlation = transform.image(of: product)
    var result = Raster<Float>(width: 2 * reach.x + 1, height: 2 * reach.y + 1, filling: 0)
    for y in -reach.y...reach.y {
      let start = (y >= 0 ? y : y + transform.height) * transform.width
      for x in -reach.x...reach.x {
        let area = Float(overlap.across[abs(x)] * overlap.down[abs(y)])
        result[x + reach.x, y + reach.y] = correlation.values[start + (x >= 0 ? x : x + transform.width)] / area
      }
    }
    return result
  }

  /// The peaks of the correlation that may be the shift, at shifts of up to half the frame, the best first; none where the
  /// frames share nothing that noise does not.
  func peaks(from first: Prepared, to second: Prepared) -> [Peak] {
    guard !first.isConstant, !second.isConstant else { return [] }
    var correlation = overlapMean(of: first.spectrum, with: second.spectrum)
    let last = correlation.values.count - 1
    for index in correlation.values.indices {
      // What the first frame shows of the second is seen from there at the opposite shift.
      let covariance = correlation.values[index] - first.mean.values[index] * second.mean.values[last - index]
      correlation.values[index] =
        covariance / (first.variance.values[index] * second.variance.values[last - index]).squareRoot()
    }
    let summits = summits(of: correlation)
    // A frame without structure correlates with any at some shift; in units of what noise gives there, its best is no link.
    guard summits.contains(where: { $0.height * $0.area.squareRoot() > Self.leastSignificance }) else { return [] }
    return Self.candidates(summits).map { Peak(shift: Double(factor) * $0.shift, deficit: $0.deficit) }
  }

  /// A local maximum of the correlation, between its pixels.
  private struct Summit {
    var shift: Point
    var height: Double
    /// Number of pixels that both frames show.
    var area: Double
    /// Fall of the logarithm of the height over half a pixel along both axes, summed.
    var fall: Double
  }

  private func summits(of correlation: Raster<Float>) -> [Summit] {
    let (columns, pixels) = (correlation.width, correlation.values.span)
    var summits: [Summit] = []
    for y in 1..<max(1, correlation.height - 1) {
      for index in y * columns + 1..<max(y * columns + 1, (y + 1) * columns - 1) {
        let value = pixels[index]
        guard value > 0, value > pixels[index - 1], value >= pixels[index + 1], value > pixels[index - columns],
          value >= pixels[index + columns]
        else { continue }
        let x = Self.vertex(pixels[index - 1], value, pixels[index + 1])
        let down = Self.vertex(pixels[index - columns], value, pixels[index + columns])
        let shift = (x: index - y * columns - reach.x, y: y - reach.y)
        summits.append(
          Summit(
            shift: Point(Double(shift.x) + x.offset, Double(shift.y) + down.offset),
            height: Double(value) * x.gain * down.gain,
            area: overlap.across[abs(shift.x)] * overlap.down[abs(shift.y)], fall: (x.curvature + down.curvature) / 8))
      }
    }
    return summits
  }

  /// The vertex of the parabola through the logarithms of three values, or through the values if they are not positive: where
  /// it lies, its height over that of the middle value, and its curvature.
  private static func vertex(_ low: Float, _ middle: Float, _ high: Float) -> (
    offset: Double, gain: Double, curvature: Double
  ) {
    let isBell = low > 0 && high > 0
    let (a, b) =
      isBell
      ? (log(Double(low / middle)), log(Double(high / middle))) : (Double(low / middle) - 1, Double(high / middle) - 1)
    let curvature = a + b
    guard curvature < 0 else { return (0, 1, 0) }
    let offset = max(-0.5, min(0.5, 0.5 * (a - b) / curvature))
    let rise = -(a - b) * offset / 4
    return (offset, isBell ? exp(rise) : 1 + rise, -curvature)
  }

  /// The highest summits, and of those that are as good as the best those of the smallest shifts; the best first.
  ///
  /// White noise of both frames gives a height of ρ, that of a correlation of s at the true shift, the variance
  /// (1 − s²) / n over n pixels. The farther the shift, the fewer the pixels: of many equal peaks the highest is a far one,
  /// so the best is the one with the highest lower bound.
  private static func candidates(_ summits: [Summit]) -> [(shift: Point, deficit: Double)] {
    let likeness = summits.map { $0.height - 2 / $0.area.squareRoot() }.max() ?? 0
    let share = 1 - pow(max(0, min(1, likeness)), 2)
    let variances = summits.map { share / $0.area + pow(vertexError * min(1, $0.fall) * $0.height, 2) }
    let bounds = summits.indices.map { summits[$0].height - 2 * variances[$0].squareRoot() }
    let order = summits.indices.sorted { (bounds[$1], $0) < (bounds[$0], $1) }
    guard let best = order.first else { return [] }
    let deficits = summits.indices.map { index -> Double in
      let difference = summits[best].height - summits[index].height
      return difference <= 0 ? 0 : difference / max(1e-12, variances[best] + variances[index]).squareRoot()
    }
    let near = summits.indices.filter { deficits[$0] < Peak.leastDeficit }
      .sorted { (summits[$0].shift.squaredLength, $0) < (summits[$1].shift.squaredLength, $1) }
    let kept = Set(order.prefix(highestCount)).union(near.prefix(nearestCount))
    return kept.sorted { (deficits[$0], $0) < (deficits[$1], $1) }.map { (summits[$0].shift, deficits[$0]) }
  }

  /// Cosine edges over an eighth of the side each.
  private static func taper(_ count: Int) -> [Float] {
    let edge = max(1, Double(count) / 8)
    return (0..<count).map { index in
      let depth = min(Double(index) + 0.5, Double(count) - 0.5 - Double(index))
      return depth >= edge ? 1 : Float(0.5 - 0.5 * cos(.pi * depth / edge))
    }
  }

  private static func overlap(_ taper: [Float]) -> [Double] {
    (0...taper.count / 2).map { shift in
      zip(taper, taper.dropFirst(shift)).reduce(0) { $0 + Double($1.0 * $1.1) }
    }
  }
}
