import Foundation
import TesseraNumerics

/// Finds the Bragg reflections of an image in its spectrum: summits that rise far above the ring of their frequency.
///
/// The 3 x 3 mean of white noise's power stays below seven times its expectation among a million coefficients, so that
/// the limit of 15 lets no noise pass.
struct ReflectionFinder {
  /// Least contrast of a reflection.
  var smallestContrast = 15.0
  /// At least so many planes cross the image.
  var fewestPlanes = 6.0
  /// Reflections closer than this part of |g|, or than so many coefficients of the spectrum, are one.
  var separation = 0.15
  var closest = 3.0
  /// At most so many reflections are kept, the strongest.
  var limit = 40

  /// Reflections are sought up to here along each axis, in cycles per pixel: at 0.5 one and its opposite are the same coefficient.
  private static let highest = 0.49
  /// A coefficient that rises to less than so many times its ring is no summit, and its surroundings need no look.
  private static let leastPeak = 2.0
  /// The power of a reflection is that within this share of |g|, or within so many coefficients where that is more.
  private static let (spotShare, spotRadius) = (0.06, 2.0)
  /// Reflections of less than this share of the strongest one's power are in no pair.
  private static let leastStrength = 0.02
  /// Orders are low up to so many times the shortest: below its own second.
  private static let lowOrder = 1.8
  /// Two reflections at a smaller sine of their angle hardly span the plane.
  private static let leastSine = 0.4

  /// The reflections of a half spectrum, strongest first; one of each pair ±g.
  func reflections(of spectrum: Spectrum) -> [Reflection] {
    let power = HalfPower(of: spectrum)
    let side = Double(min(spectrum.width, spectrum.height))
    let rings = power.ringMeans(side: side)
    let lowest = fewestPlanes / side
    let summits = concurrentMap(count: spectrum.height) { row -> [Reflection] in
      let fy = spectrum.frequencyY(row)
      guard abs(fy) < Self.highest else { return [] }
      var found: [Reflection] = []
      for column in 0..<spectrum.columns {
        let fx = spectrum.frequencyX(column)
        // The zeroth column holds both members of its pairs.
        guard fx < Self.highest, column > 0 || fy > 0 else { continue }
        let radius = (fx * fx + fy * fy).squareRoot()
        let background = Double(rings[min(rings.count - 1, Int(saturating: radius * side / 2))])
        guard radius >= lowest, Double(power[column, row]) > Self.leastPeak * background else { continue }
        let mean = power.mean(column, row)
        guard Double(mean) > smallestContrast * background, power.isSummit(column, row, mean) else { continue }
        let place = power.centroid(column, row)
        found.append(
          Reflection(
            frequency: Point(place.x / Double(spectrum.width), place.y / Double(spectrum.height)),
            contrast: background > 0 ? Double(mean) / background : .infinity,
            strength: power.excess(
              around: Point(fx, fy), radius: max(Self.spotRadius / side, Self.spotShare * radius), above: background)))
      }
      return found
    }.flatMap { $0 }
    var kept: [Reflection] = []
    for one in summits.sorted(by: { ($0.strength, $0.frequency.x) > ($1.strength, $1.frequency.x) }) {
      let near = max(closest / side, separation * one.frequency.length)
      let isNew = kept.allSatisfy {
        ($0.frequency - one.frequency).length > near && ($0.frequency + one.frequency).length > near
      }
      if isNew { kept.append(one) }
      if kept.count == limit { break }
    }
    return kept
  }

  /// Pairs of strong reflections that span the plane, best first: low orders are preferred, because high ones lie close to
  /// others for a mask in proportion to g; among them the pairs whose phases are surest, amplitude x |g|, and least collinear.
  func pairs(of reflections: [Reflection], atMost limit: Int) -> [(Reflection, Reflection)] {
    guard let strongest = reflections.map(\.strength).max() else { return [] }
    let strong = reflections.filter { $0.strength > Self.leastStrength * strongest }
    guard let shortest = strong.map(\.frequency.length).min() else { return [] }
    let low = strong.filter { $0.frequency.length < Self.lowOrder * shortest }
    var found: [(pair: (Reflection, Reflection), score: Double)] = []
    for (index, a) in low.enumerated() {
      for b in low[(index + 1)...] {
        let sine = abs(a.frequency.cross(b.frequency)) / (a.frequency.length * b.frequency.length)
        let value = (a.strength * b.strength).squareRoot() * a.frequency.length * b.frequency.length * sine * sine
        if sine > Self.leastSine, value.isFinite { found.append(((a, b), value)) }
      }
    }
    // Of scores that agree to rounding the first pair counts.
    var best: [(Reflection, Reflection)] = []
    while best.count < limit, let highest = found.map(\.score).max() {
      guard let place = found.firstIndex(where: { $0.score * (1 + 1e-9) >= highest }) else { break }
      best.append(found.remove(at: place).pair)
    }
    return best
  }
}

/// The power of a half spectrum, read at any place of the full one.
private struct HalfPower {
  let width, height, columns: Int
  let values: [Float]

  /// The rings reach into the corner of the spectrum: its radius, √½ cycles per pixel, is .354 sides of an image in widths of a ring.
  private static let ringsPerSide = 0.36

  init(of spectrum: Spectrum) {
    (width, height, columns) = (spectrum.width, spectrum.height, spectrum.columns)
    values = spectrum.values.map { $0.x * $0.x + $0.y * $0.y }
  }

  /// Coefficient (column, row), of any sign: F(-k) has the power of F(k).
  subscript(column: Int, row: Int) -> Float {
    var (x, y) = (column, row)
    if x < 0 || x >= columns { (x, y) = (x < 0 ? -x : width - x, -y) }
    // In a small spectrum a step beyond the rim, taken from the opposite coefficient, leads around more than once.
    while y < 0 { y += height }
    while y >= height { y -= height }
    return values[y * columns + x]
  }

  /// Mean power over rings of width 2 / side, from their medians: the power of noise is distributed exponentially, and its
  /// median is ln 2 times its mean. Every seventh coefficient is enough.
  func ringMeans(side: Double) -> [Float] {
    var rings = [[Float]](repeating: [], count: Int(side * Self.ringsPerSide) + 1)
    for row in 0..<height {
      let fy = Double(row <= (height - 1) / 2 ? row : row - height) / Double(height)
      for column in stride(from: row % 7, to: columns, by: 7) {
        let fx = Double(column) / Double(width)
        let ring = Int(saturating: (fx * fx + fy * fy).squareRoot() * side / 2)
        if ring < rings.count { rings[ring].append(values[row * columns + column]) }
      }
    }
    let samples = rings
    return concurrentMap(count: samples.count) { ring in
      samples[ring].isEmpty ? .infinity : Float(Statistics.meanOfExponential(samples[ring]))
    }
  }

  func mean(_ column: Int, _ row: Int) -> Float {
    var sum: Float = 0
    for y in row - 1...row + 1 { for x in column - 1...column + 1 { sum += self[x, y] } }
    return sum / 9
  }

  /// Whether no 3 x 3 mean nearby is larger; of equal ones the first counts.
  func isSummit(_ column: Int, _ row: Int, _ value: Float) -> Bool {
    for y in row - 2...row + 2 {
      for x in column - 2...column + 2 where (x, y) != (column, row) {
        let other = mean(x, y)
        if other > value || (other == value && (y, x) < (row, column)) { return false }
      }
    }
    return true
  }

  /// Centre of the power of 3 x 3 coefficients, in coefficients from zero frequency.
  func centroid(_ column: Int, _ row: Int) -> Point {
    var (sum, total) = (Point.zero, 0.0)
    for y in -1...1 {
      for x in -1...1 {
        let weight = Double(self[column + x, row + y])
        sum += Point(Double(x), Double(y)) * weight
        total += weight
      }
    }
    let centre = Point(Double(column), Double(row <= (height - 1) / 2 ? row : row - height))
    return total > 0 ? centre + sum / total : centre
  }

  /// Power within a disc of the frequency plane, above a background a coefficient.
  func excess(around centre: Point, radius: Double, above background: Double) -> Double {
    let (cx, cy) = (centre.x * Double(width), centre.y * Double(height))
    let (rx, ry) = (radius * Double(width), radius * Double(height))
    var sum = 0.0
    for y in Int(saturating: (cy - ry).rounded(.up))...Int(saturating: (cy + ry).rounded(.down)) {
      for x in Int(saturating: (cx - rx).rounded(.up))...Int(saturating: (cx + rx).rounded(.down)) {
        let d = Point((Double(x) - cx) / rx, (Double(y) - cy) / ry)
        if d.squaredLength <= 1 { sum += Double(self[x, y]) - background }
      }
    }
    return sum
  }
}
