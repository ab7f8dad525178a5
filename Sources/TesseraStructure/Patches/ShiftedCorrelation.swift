import Foundation
import TesseraImaging
import TesseraNumerics

/// How alike two patches are once one is shifted onto the other: the largest correlation over all shifts that leave half of the patch
/// in common.
///
/// Where a patch was cut does not count, only what it shows; what counts little is whether a shift is a whole number of pixels, as the
/// summit is interpolated. Patches of more than 64 pixels are joined to fewer before, and all are smoothed a little: between pixels, columns
/// that are hardly wider than one lie nowhere.
public final class ShiftedCorrelation {
  private let patches: [Raster<Float>]
  private let transform: FourierTransform
  /// Pixels that two patches have in common, for each shift.
  private let common: Raster<Float>
  private let mask: Spectrum
  private var prepared: [Int: Prepared] = [:]
  private var found: [Pair: Double] = [:]

  /// Two patches, the first of them with the lower index.
  private struct Pair: Hashable, Sendable {
    let first, second: Int
    init(_ a: Int, _ b: Int) { (first, second) = (min(a, b), max(a, b)) }
  }

  /// A patch, and the sums of its pixels and of their squares over what it has in common with another at each shift: where it is the first of
  /// the two, and where it is the second.
  private struct Prepared: Sendable {
    var spectrum: Spectrum
    var first, second: (sums: Raster<Float>, squares: Raster<Float>)
  }

  /// Larger patches are joined to at most so many pixels along a side.
  private static let largestSide = 64
  /// Smoothing, in pixels as they are compared.
  private static let smoothing = 1.0
  /// So many pixels are left out along each side, as far as smoothing reaches, where this many along a side are left.
  private static let (rim, leastSide) = (3, 8)
  /// Two patches have at least this share of their pixels in common.
  private static let leastCommon: Float = 0.5

  /// - Parameter patches: of one size, each of more than one value.
  public init(_ patches: [Raster<Float>]) {
    let (width, height) = (patches.first?.width ?? 1, patches.first?.height ?? 1)
    let factor = (max(width, height) + Self.largestSide - 1) / Self.largestSide
    // What lies beyond the rim is not known, and smoothing takes it for 0.
    let rim = min(Self.rim, max(0, (min(width, height) / factor - Self.leastSide) / 2))
    self.patches = patches.map { patch in
      let standard = patch.standardized ?? patch.map { _ in 0 }
      let joined =
        factor > 1 && min(width, height) >= Self.leastSide * factor
        ? Binning.means(of: standard, factor: factor) : standard
      let smooth = GaussianFilter.smoothed(joined, sigma: Self.smoothing)
      return smooth.cropped(x: rim, y: rim, width: smooth.width - 2 * rim, height: smooth.height - 2 * rim)
    }
    let side = self.patches.first ?? Raster(width: 1, height: 1, filling: 0)
    transform = FourierTransform(width: 2 * side.width, height: 2 * side.height)
    mask = transform.spectrum(of: Self.padded(side.map { _ in 1 }))
    common = transform.image(of: mask.correlated(with: mask))
  }

  private static func padded(_ patch: Raster<Float>) -> Raster<Float> {
    var result = Raster<Float>(width: 2 * patch.width, height: 2 * patch.height, filling: 0)
    for y in 0..<patch.height { for x in 0..<patch.width { result[x, y] = patch[x, y] } }
    return result
  }

  /// The correlations of some pairs of patches, -1 ... 1. Each pair is correlated once, however often it is asked for.
  public func values(of pairs: [(Int, Int)]) -> [Double] {
    let pairs = pairs.map { Pair($0.0, $0.1) }
    var isAsked: Set<Pair> = []
    let open = pairs.filter { found[$0] == nil && isAsked.insert($0).inserted }
    prepare(Set(open.flatMap { [$0.first, $0.second] }))
    let ready = prepared
    let values = concurrentMap(count: open.count) { [transform, common] k in
      let (a, b) = (ready[open[k].first]!, ready[open[k].second]!)
      let product = transform.image(of: a.spectrum.correlated(with: b.spectrum))
      return Self.largest(product, a.first, b.second, common: common)
    }
    for (pair, value) in zip(open, values) { found[pair] = value }
    return pairs.map { found[$0]! }
  }

  private func prepare(_ wanted: Set<Int>) {
    let missing = wanted.subtracting(prepared.keys).sorted()
    let made = concurrentMap(count: missing.count) { [patches, transform, mask] k in
      let patch = Self.padded(patches[missing[k]])
      let (values, squares) = (transform.spectrum(of: patch), transform.spectrum(of: patch.map { $0 * $0 }))
      return Prepared(
        spectrum: values,
        first: (
          transform.image(of: values.correlated(with: mask)), transform.image(of: squares.correlated(with: mask))
        ),
        second: (
          transform.image(of: mask.correlated(with: values)), transform.image(of: mask.correlated(with: squares))
        ))
    }
    for (index, patch) in zip(missing, made) { prepared[index] = patch }
  }

  private static func largest(
    _ product: Raster<Float>, _ first: (sums: Raster<Float>, squares: Raster<Float>),
    _ second: (sums: Raster<Float>, squares: Raster<Float>), common: Raster<Float>
  ) -> Double {
    let least = leastCommon * Float(common.count / 4)
    let (width, height) = (common.width, common.height)
    func correlation(_ x: Int, _ y: Int) -> Double? {
      let place = (y + height) % height * width + (x + width) % width
      // Rounding of the transform must not leave a shift out.
      guard common.values[place] >= least - 0.5 else { return nil }
      let count = Double(common.values[place])
      let (a, b) = (Double(first.sums.values[place]), Double(second.sums.values[place]))
      let (aa, bb) = (
        Double(first.squares.values[place]) - a * a / count, Double(second.squares.values[place]) - b * b / count
      )
      guard aa > 1e-6 * count, bb > 1e-6 * count else { return nil }
      return (Double(product.values[place]) - a * b / count) / (aa * bb).squareRoot()
    }
    var best = (value: -1.0, x: 0, y: 0)
    for y in 0..<height {
      for x in 0..<width { if let value = correlation(x, y), value > best.value { best = (value, x, y) } }
    }
    // The summits of the parabolas along x and y.
    func rise(_ before: Double?, _ after: Double?) -> Double {
      guard let before, let after else { return 0 }
      let bend = before - 2 * best.value + after
      return bend < 0 ? -(before - after) * (before - after) / (8 * bend) : 0
    }
    return best.value + rise(correlation(best.x - 1, best.y), correlation(best.x + 1, best.y))
      + rise(correlation(best.x, best.y - 1), correlation(best.x, best.y + 1))
  }
}
