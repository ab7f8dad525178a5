import Foundation
import TesseraNumerics

/// Cross-correlation of pairs of frames: the places of its peaks, highest first.
///
/// Frames are averaged over blocks to at most 512 pixels a side, less their mean, tapered, and padded with zeros, so that
/// nothing wraps around. The correlation at a shift Δ is divided by that of the tapers,
///
///     ρ(Δ) = Σ w(p) I(p) w(p + Δ) J(p + Δ) / [Σ w(p) w(p + Δ) √(E_I E_J)],
///
/// so that peaks stand where and as high as the overlap says, not lower the farther they are. Source: Padfield, IEEE Trans.
/// Image Process. 21 (2012) 2706, with a taper for the mask and means of whole frames.
package struct PairCorrelation: Sendable {
  /// A shift of the second frame against the first, in pixels of the frames, with its correlation (1 for equal frames).
  package struct Peak: Sendable, Equatable {
    package var shift: Point
    package var score: Double

    package init(shift: Point, score: Double) { (self.shift, self.score) = (shift, score) }
  }

  /// A frame made ready.
  struct Prepared: Sendable {
    fileprivate let spectrum: Spectrum
    /// Mean square of the tapered frame; 0 for a constant one.
    fileprivate let energy: Double
  }

  private let factor: Int
  private let width, height: Int
  private let transform: FourierTransform
  private let taper: (across: [Float], down: [Float])
  /// Correlation of the tapers, at shifts 0 ... width / 2 and 0 ... height / 2; a product of both.
  private let overlap: (across: [Double], down: [Double])

  /// Largest side that is correlated, in blocks.
  private static let largestSide = 512
  private static let peakLimit = 12

  init(width: Int, height: Int) {
    factor = max(1, (max(width, height) + Self.largestSide - 1) / Self.largestSide)
    (self.width, self.height) = (max(1, width / factor), max(1, height / factor))
    transform = FourierTransform(width: Self.padded(self.width), height: Self.padded(self.height))
    taper = (Self.taper(self.width), Self.taper(self.height))
    overlap = (Self.overlap(taper.across), Self.overlap(taper.down))
  }

  /// Number of independent values in a frame, blocks being small beside columns; for the noise of a correlation.
  private var independentCount: Double { Double(width * height) / 30 }

  /// Twice the standard error of the difference of two high peaks, from the share of the correlation that noise takes.
  func scoreNoise(of best: Double) -> Double {
    2 * max(0, 1 - best) / independentCount.squareRoot()
  }

  func prepared(_ frame: Raster<Float>) -> Prepared {
    var blocks = Raster<Float>(width: transform.width, height: transform.height, filling: 0)
    let scale = 1 / Float(factor * factor)
    let means = concurrentRows(width: width, height: height, of: Float(0)) { y, row in
      for line in y * factor..<(y + 1) * factor {
        let source = frame.values.span.extracting(line * frame.width..<(line + 1) * frame.width)
        for x in 0..<width {
          for i in 0..<factor { row[x] += scale * source[x * factor + i] }
        }
      }
    }
    let mean = Float(Statistics.mean(means.values))
    var energy = 0.0
    for y in 0..<height {
      for x in 0..<width {
        let value = (means.values[y * width + x] - mean) * taper.across[x] * taper.down[y]
        blocks.values[y * transform.width + x] = value
        energy += Double(value * value)
      }
    }
    energy /= overlap.across[0] * overlap.down[0]
    let isConstant = energy <= 1e-10 * Double(mean * mean) || energy <= 0
    return Prepared(spectrum: transform.spectrum(of: blocks), energy: isConstant ? 0 : energy)
  }

  /// The highest of a million values of white noise lies five standard deviations from zero.
  private static let leastSignificance = 6.0

  /// The highest peaks of the correlation, at shifts of up to half the frame; none for a constant frame.
  func peaks(from first: Prepared, to second: Prepared) -> [Peak] {
    guard first.energy > 0, second.energy > 0 else { return [] }
    var product = first.spectrum
    for index in product.values.indices {
      let (a, b) = (first.spectrum.values[index], second.spectrum.values[index])
      product.values[index] = SIMD2(a.x * b.x + a.y * b.y, a.x * b.y - a.y * b.x)
    }
    let correlation = transform.image(of: product)
    let scale = 1 / (first.energy * second.energy).squareRoot()
    let (reachX, reachY) = (width / 2, height / 2)
    func score(_ x: Int, _ y: Int) -> Double {
      let (column, row) = (x >= 0 ? x : x + transform.width, y >= 0 ? y : y + transform.height)
      return Double(correlation.values[row * transform.width + column]) * scale
        / (overlap.across[abs(x)] * overlap.down[abs(y)])
    }
    var peaks: [(x: Int, y: Int, score: Double)] = []
    var lowest = 0.0
    for y in 1 - reachY..<reachY {
      for x in 1 - reachX..<reachX {
        let value = score(x, y)
        guard value > lowest, value > score(x - 1, y), value >= score(x + 1, y), value > score(x, y - 1),
          value >= score(x, y + 1)
        else { continue }
        peaks.append((x, y, value))
        if peaks.count >= 2 * Self.peakLimit {
          peaks.sort { $0.score > $1.score }
          peaks.removeLast(peaks.count - Self.peakLimit)
          lowest = peaks[peaks.count - 1].score
        }
      }
    }
    peaks.sort { $0.score > $1.score }
    // A frame without structure correlates with any at some shift; in units of what noise gives there, its best is no link.
    let isLink = peaks.contains { peak in
      let area = overlap.across[abs(peak.x)] * overlap.down[abs(peak.y)]
      return peak.score * area.squareRoot() > Self.leastSignificance
    }
    guard isLink else { return [] }
    return peaks.prefix(Self.peakLimit).map { peak in
      // The vertex of the parabola through three values, along each axis.
      func vertex(_ low: Double, _ high: Double) -> Double {
        let curvature = low - 2 * peak.score + high
        return curvature < 0 ? max(-0.5, min(0.5, 0.5 * (low - high) / curvature)) : 0
      }
      let x = Double(peak.x) + vertex(score(peak.x - 1, peak.y), score(peak.x + 1, peak.y))
      let y = Double(peak.y) + vertex(score(peak.x, peak.y - 1), score(peak.x, peak.y + 1))
      return Peak(shift: Double(factor) * Point(x, y), score: peak.score)
    }
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

  /// The next size that the transform does fast, half as large again.
  private static func padded(_ count: Int) -> Int {
    func isSmooth(_ number: Int) -> Bool {
      var rest = number
      for prime in [2, 3, 5] { while rest % prime == 0 { rest /= prime } }
      return rest == 1
    }
    var size = count + count / 2 + 1
    while !isSmooth(size) { size += 1 }
    return size
  }
}
