import Foundation
import TesseraImaging
import TesseraNumerics

/// The translations that repeat a pattern: maxima of the autocorrelation of the pixels of its regions,
///
///     A(t) = ⟨(I(x) − Ī)(I(x + t) − Ī)⟩ / ⟨(I(x) − Ī)²⟩,
///
/// each mean over the pairs of pixels that both belong to the pattern.
///
/// Pairs are counted in tiles with a halo (`PairSums`), so memory does not grow with the image: O(N log r) for N pixels and reach r.
package struct RepeatVectors: Sendable {
  /// The shifts that repeat the pattern best within the reach, shortest first; each stands for its opposite, too.
  package let shifts: [Shift]
  /// The same to parts of a pixel.
  package let vectors: [Point]
  /// The largest autocorrelation among them, 0 where there is none. Noise makes it smaller than 1.
  package let correlation: Double
  /// Correlation, over all shifts, of the autocorrelations of two halves of the pixels, what depends on the length of a shift
  /// alone taken off: about 1 for a lattice, about 0 for noise and for columns without a lattice.
  package let agreement: Double
  /// Of the autocorrelation of all pixels, as that of each half agrees with the other's (Spearman and Brown): the square of its correlation
  /// with one without noise.
  var reliability: Double { agreement > 0 ? 2 * agreement / (1 + agreement) : 0 }
  /// The part of what both halves have in common that depends on the direction of a shift: 0.8 and more for lattices, two thirds for
  /// quasicrystals; below 0.2 for waves of one length in all directions, of which each half of an image holds the same.
  package let directedShare: Double
  /// Standard deviation of an autocorrelation of white noise in so many pixels.
  private let noise: Double
  /// The autocorrelation at all shifts within the reach, no shift in the middle, smoothed by one pixel.
  package let map: Raster<Float>
  /// The largest value of it at a shift that repeats something.
  private let strength: Double

  /// Whether the pattern has a lattice. Some hundred independent shifts agree by chance to about a tenth; stripes and the
  /// lines of a noisy scan agree, too, but have ridges instead of peaks.
  package var isLattice: Bool { isRepeated && isPeakedTwice && strength > 5 * noise }
  /// In how many directions the pattern repeats itself.
  package var order: Segmentation.Pattern.Order {
    isLattice ? .lattice : isRepeated && isFringed ? .fringes : .none
  }

  private static let leastAgreement = 0.5
  private static let leastDirectedShare = 0.5
  private var isRepeated: Bool { agreement > Self.leastAgreement && directedShare > Self.leastDirectedShare }
  /// Whether shifts that are not parallel are peaks. Two shifts make a lattice.
  private let isPeakedTwice: Bool
  /// A peak of another direction rises at least so many times as far above what is around it as the one that rises farthest: half as far
  /// in the most unequal of lattices that were tried. Heights do not serve, for the lines of a noisy scan lift one direction.
  private static let leastRise = 0.25
  /// Whether ridges of the autocorrelation follow one another at a distance.
  private let isFringed: Bool

  /// - Parameters:
  ///   - image: intensities, finite where the pattern is.
  ///   - isInside: the pixels of the pattern, of the image's size.
  ///   - spacing: distance of lattice planes in pixels: shifts between half of it and `reach` are looked at.
  ///   - reach: length of the longest shift, in pixels.
  ///   - limit: of the number of shifts.
  package init(of image: Raster<Float>, where isInside: Raster<Bool>, spacing: Double, reach: Int, limit: Int) {
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
    // Smoothing by one pixel leaves 1 / (2 √π) of the deviation 1 / √count.
    noise = 1 / (4 * Double.pi * Double(max(1, count))).squareRoot()
    guard count > 0, power > 0 else {
      (shifts, vectors, correlation, agreement, directedShare) = ([], [], 0, 0, 0)
      (isFringed, isPeakedTwice, strength) = (false, false, 0)
      map = Raster(width: 2 * reach + 1, height: 2 * reach + 1, filling: 0)
      return
    }
    let halves = PairSums.ofHalves(
      of: image, where: isInside, mean: mean, reach: reach, block: Self.block(pixels: count, spacing: spacing))
    let side = 2 * reach + 1
    /// The autocorrelation from some of the halves; 0 where too few pairs know it.
    func autocorrelation(_ parts: [PairSums]) -> Raster<Float> {
      let values = (0..<side * side).map { index -> Float in
        let pairs = parts.reduce(0) { $0 + $1.pairs[index] }
        guard pairs >= Self.leastPairs * Double(count * parts.count) else { return 0 }
        return Float(parts.reduce(0) { $0 + $1.products[index] } / pairs / (power / Double(count)))
      }
      return Raster(width: side, height: side, values: values)
    }
    func smoothed(_ map: Raster<Float>) -> Raster<Float> { GaussianFilter.smoothed(map, sigma: 1) }
    let sharp = autocorrelation(halves)
    map = smoothed(sharp)
    (agreement, directedShare) = Self.agreement(
      smoothed(autocorrelation([halves[0]])), smoothed(autocorrelation([halves[1]])), from: spacing / 2)
    isFringed = RepeatedRidges(of: map, spacing: spacing).isFringed
    var peaks: [(shift: Shift, value: Float, rise: Float)] = []
    for index in LocalMaxima.indices(in: map, reach: max(1, Int(spacing / Self.peaksPerSpacing))) {
      let shift = Shift(x: index % side - reach, y: index / side - reach)
      guard shift > Shift(x: 0, y: 0), shift.length > spacing / 2, shift.length <= Double(reach),
        let rise = Self.rise(of: shift, in: map, within: max(2, Int(saturating: 0.4 * spacing)))
      else { continue }
      peaks.append((shift, map.values[index], rise))
    }
    let top = peaks.map(\.value).max() ?? 0
    strength = Double(top)
    let first = peaks.max { $0.rise < $1.rise }
    let second = peaks.filter { peak in first.map { !peak.shift.isParallel(to: $0.shift) } ?? false }
      .max { $0.rise < $1.rise }
    isPeakedTwice =
      Double(second?.rise ?? 0) > max(5 * noise, Self.leastRise * Double(first?.rise ?? 0))
    var strong = peaks.filter { $0.value > top / 2 && top > 0 }.map(\.shift)
    if isPeakedTwice, let first, let second, strong.allSatisfy({ $0.isParallel(to: first.shift) }) {
      strong.append(second.shift)
    }
    shifts = Array(strong.sorted { ($0.length, $0) < ($1.length, $1) }.prefix(limit))
    // Smoothing has lowered the peaks: by half where columns are two pixels wide.
    let summits = strong.map { Self.summit(near: $0, in: sharp, spacing: spacing) }
    correlation = max(0, min(1, summits.map(\.height).max() ?? 0))
    vectors = shifts.map { shift in summits[strong.firstIndex(of: shift) ?? 0].place }
  }

  /// Half the side of the square about a peak to which a paraboloid is fitted, in plane spacings: a fifth of the width of a peak.
  private static let summitReach = 0.1

  /// The summit of a peak, from the paraboloid of least squares over a square about it.
  private static func summit(
    near shift: Shift, in map: Raster<Float>, spacing: Double
  ) -> (place: Point, height: Double) {
    let reach = map.width / 2
    let (u, v) = (shift.x + reach, shift.y + reach)
    let here = (place: Point(Double(shift.x), Double(shift.y)), height: Double(map[u, v]))
    let h = max(1, Int(saturating: summitReach * spacing))
    guard min(u, v) >= h, max(u, v) + h < map.width else { return here }
    // ⟨x²⟩ over the square, and what the fit of 1, x, y, x², xy, y² divides by.
    let (side, k) = (Double((2 * h + 1) * (2 * h + 1)), Double(h * (h + 1)))
    let square = k / 3
    let spread = side * (k * (3 * k - 1) / 15 - square * square)
    var (sum, gx, gy, xx, xy, yy) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    for j in -h...h {
      for i in -h...h {
        let (x, y, z) = (Double(i), Double(j), Double(map[u + i, v + j]))
        sum += z
        gx += x * z / (side * square)
        gy += y * z / (side * square)
        xx += (x * x - square) * z / spread
        yy += (y * y - square) * z / spread
        xy += x * y * z / (side * square * square)
      }
    }
    let determinant = 4 * xx * yy - xy * xy
    guard xx < 0, determinant > 0 else { return here }
    let (x, y) = ((xy * gy - 2 * yy * gx) / determinant, (xy * gx - 2 * xx * gy) / determinant)
    guard max(abs(x), abs(y)) <= Double(h) + 0.5 else { return here }
    let height = sum / side - square * (xx + yy) + (gx * x + gy * y) / 2
    // A paraboloid lies below a peak that is hardly wider than the square.
    return (here.place + Point(x, y), max(height, here.height))
  }

  /// Side of the fields of the two halves: speckle is alike over some of its grains, and fields that are hardly wider would share them.
  private static func block(pixels: Int, spacing: Double) -> Int {
    // A pattern has some forty fields at least, as far as its size allows.
    max(1, Int(saturating: max(2 * spacing, min(8 * spacing, Double(pixels).squareRoot() / 6))))
  }

  /// An autocorrelation is known at a shift that joins pairs of at least this share of the pixels; its noise is then some six times that at
  /// the shortest shifts (1 / √0.025).
  private static let leastPairs = 0.025
  /// Peaks are the highest points within a fifth of a spacing: hills are wider than this, and repeats of a lattice farther apart.
  private static let peaksPerSpacing = 5.0
  /// A peak falls by a tenth in all directions; what falls by less is a ridge.
  private static let ridge: Float = 0.9

  /// Directions in which a peak must fall: a ridge lies within three degrees of one of them.
  private static let directions = 64

  /// How far a map falls, at least, from a shift in all directions; nil where this is less than a tenth, or the shift does not repeat
  /// anything.
  private static func rise(of shift: Shift, in map: Raster<Float>, within distance: Int) -> Float? {
    let reach = map.width / 2
    let top = map[shift.x + reach, shift.y + reach]
    var around = -Float.infinity
    for direction in 0..<directions {
      let angle = 2 * Double.pi * Double(direction) / Double(directions)
      let u = Double(shift.x + reach) + Double(distance) * cos(angle)
      let v = Double(shift.y + reach) + Double(distance) * sin(angle)
      guard u >= 0, v >= 0, u <= Double(map.width - 1), v <= Double(map.height - 1) else { continue }
      around = max(around, map.bilinear(at: Point(u, v)))
    }
    return top > 0 && around <= Self.ridge * top && around.isFinite ? top - around : nil
  }

  /// Pearson's correlation of two maps over the shifts longer than `shortest`, each less its mean over shifts of equal length; and the
  /// part of the sum of products of both maps that is left without these means.
  private static func agreement(
    _ a: Raster<Float>, _ b: Raster<Float>, from shortest: Double
  ) -> (agreement: Double, directedShare: Double) {
    let reach = a.width / 2
    var rings = [[Int]](repeating: [], count: reach + 1)
    for index in a.values.indices {
      let shift = Shift(x: index % a.width - reach, y: index / a.width - reach)
      // Opposite shifts say the same.
      guard shift > Shift(x: 0, y: 0), shift.length > shortest, shift.length <= Double(reach) else { continue }
      rings[min(reach, Int(saturating: shift.length.rounded()))].append(index)
    }
    var (aa, bb, ab, means) = (0.0, 0.0, 0.0, 0.0)
    for ring in rings where ring.count > 1 {
      let meanA = ring.reduce(0.0) { $0 + Double(a.values[$1]) } / Double(ring.count)
      let meanB = ring.reduce(0.0) { $0 + Double(b.values[$1]) } / Double(ring.count)
      means += Double(ring.count) * meanA * meanB
      for index in ring {
        let (x, y) = (Double(a.values[index]) - meanA, Double(b.values[index]) - meanB)
        (aa, bb, ab) = (aa + x * x, bb + y * y, ab + x * y)
      }
    }
    return (aa > 0 && bb > 0 ? ab / (aa * bb).squareRoot() : 0, ab > 0 ? ab / (ab + max(0, means)) : 0)
  }
}
