import Foundation
import TesseraImaging
import TesseraNumerics

/// The translations that repeat a pattern: maxima of the autocorrelation of the pixels of its regions,
///
///     A(t) = ⟨(I(x) − Ī)(I(x + t) − Ī)⟩ / ⟨(I(x) − Ī)²⟩,
///
/// each mean over the pairs of pixels that both belong to the pattern.
///
/// Pairs are counted in tiles with a halo, so memory does not grow with the image: O(N log r) for N pixels and reach r.
struct RepeatVectors: Sendable {
  /// The shifts that repeat the pattern best within the reach, shortest first; each stands for its opposite, too.
  let shifts: [Shift]
  /// The largest autocorrelation among them, 0 where there is none. Noise makes it smaller than 1.
  let correlation: Double
  /// Standard deviation of an autocorrelation if nothing repeated.
  let chance: Double
  /// The autocorrelation at all shifts within the reach, no shift in the middle.
  let map: Raster<Float>

  private static let tile = 512

  /// - Parameters:
  ///   - isInside: the pixels of the pattern, of the image's size.
  ///   - spacing: distance of lattice planes in pixels: shifts between half of it and `reach` are looked at.
  ///   - limit: of the number of shifts.
  init(of image: Raster<Float>, where isInside: Raster<Bool>, spacing: Double, reach: Int, limit: Int) {
    var (sum, count) = (0.0, 0)
    for index in image.values.indices where isInside.values[index] {
      sum += Double(image.values[index])
      count += 1
    }
    let mean = Float(count > 0 ? sum / Double(count) : 0)
    var power = 0.0
    for index in image.values.indices where isInside.values[index] {
      power += Double((image.values[index] - mean) * (image.values[index] - mean))
    }
    // A column is about half a spacing wide; pixels within it say the same.
    chance = 1 / max(1, Double(count) / max(1, spacing * spacing / 4)).squareRoot()
    guard count > 0, power > 0 else {
      (shifts, correlation) = ([], 0)
      map = Raster(width: 2 * reach + 1, height: 2 * reach + 1, filling: 0)
      return
    }
    let sums = Self.pairSums(of: image, where: isInside, mean: mean, reach: reach)
    let variance = power / Double(count)
    let raw = sums.products.indices.map { index -> Float in
      let pairs = sums.pairs[index]
      return pairs < 0.05 * Double(count) ? 0 : Float(sums.products[index] / pairs / variance)
    }
    let side = 2 * reach + 1
    map = GaussianFilter.smoothed(Raster(width: side, height: side, values: raw), sigma: 1)
    var peaks: [(shift: Shift, value: Float)] = []
    for index in LocalMaxima.indices(in: map, reach: max(1, Int(spacing / 5))) {
      let shift = Shift(x: index % side - reach, y: index / side - reach)
      guard shift > Shift(x: 0, y: 0), shift.length > spacing / 2, shift.length <= Double(reach) else { continue }
      peaks.append((shift, map.values[index]))
    }
    let top = peaks.map(\.value).max() ?? 0
    correlation = max(0, Double(top))
    let strong = peaks.filter { $0.value > top / 2 && top > 0 }.map(\.shift)
    shifts = Array(strong.sorted { ($0.length, $0) < ($1.length, $1) }.prefix(limit))
  }

  /// Σ of products and number of pairs for each shift within the reach, in rows from the shift (-reach, -reach).
  private static func pairSums(
    of image: Raster<Float>, where isInside: Raster<Bool>, mean: Float, reach: Int
  ) -> (products: [Double], pairs: [Double]) {
    let (across, down) = ((image.width + tile - 1) / tile, (image.height + tile - 1) / tile)
    let size = smoothSize(tile + 2 * reach)
    let transform = FourierTransform(width: size, height: size)
    let side = 2 * reach + 1
    let parts = concurrentMap(count: across * down) { index -> (products: [Float], pairs: [Float])? in
      let (left, top) = (index % across * tile, index / across * tile)
      var (inner, outer) = (
        Raster<Float>(width: size, height: size, filling: 0), Raster<Float>(width: size, height: size, filling: 0)
      )
      var (innerMask, outerMask) = (inner, outer)
      var isEmpty = true
      for y in max(0, top - reach)..<min(image.height, top + tile + reach) {
        for x in max(0, left - reach)..<min(image.width, left + tile + reach) {
          guard isInside.values[y * image.width + x] else { continue }
          let place = (y - top + reach) * size + x - left + reach
          outer.values[place] = image.values[y * image.width + x] - mean
          outerMask.values[place] = 1
          guard x >= left, x < left + tile, y >= top, y < top + tile else { continue }
          inner.values[place] = outer.values[place]
          innerMask.values[place] = 1
          isEmpty = false
        }
      }
      if isEmpty { return nil }
      func sums(_ a: Raster<Float>, _ b: Raster<Float>) -> [Float] {
        let all = transform.image(of: transform.spectrum(of: b).correlated(with: transform.spectrum(of: a)))
        return (0..<side * side).map { place in
          let (x, y) = (place % side - reach, place / side - reach)
          return all[(x + size) % size, (y + size) % size]
        }
      }
      return (sums(inner, outer), sums(innerMask, outerMask))
    }
    var products = [Double](repeating: 0, count: side * side)
    var pairs = products
    for case .some(let part) in parts {
      for index in products.indices {
        products[index] += Double(part.products[index])
        pairs[index] += Double(part.pairs[index].rounded())
      }
    }
    return (products, pairs)
  }
}
