import Foundation
import TesseraNumerics
import TesseraStructure
import TestSupport
import Testing

/// A motif of section "motifs" of the simulation: Gaussians on a regular polygon and in the middle.
func motif(side: Int, corners: Int, centre: Point? = nil, turned angle: Double = 0, extent: Double? = nil)
  -> Raster<Float>
{
  let size = extent ?? Double(side)
  let middle = centre ?? Point(Double(side - 1), Double(side - 1)) / 2
  let sigma = size * 7 / 128
  let ring = (0..<corners).map { Point(size / 4, 0).rotated(by: angle + 2 * .pi * Double($0) / Double(corners)) }
  return image(side: side, of: ([.zero] + ring).map { $0 + middle }, sigma: sigma)
}

func image(side: Int, of columns: [Point], sigma: Double) -> Raster<Float> {
  var result = Raster<Float>(width: side, height: side, filling: 0)
  for y in 0..<side {
    for x in 0..<side {
      let place = Point(Double(x), Double(y))
      result[x, y] = columns.reduce(0) { $0 + Float(exp(-($1 - place).squaredLength / (2 * sigma * sigma))) }
    }
  }
  return result
}

func whiteNoise(rows: Int, columns: Int, seed: UInt64) -> Matrix<Float> {
  var source = RandomSource(seed: seed)
  return Matrix(rows: rows, columns: columns, values: (0..<rows * columns).map { _ in Float(source.gaussian()) })
}

func norm(_ values: [Float]) -> Double { values.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot() }

struct `Zernike polynomials` {
  @Test func `have the published single index`() {
    #expect(ZernikeTerm(p: 3, q: -3).index == 6)
    #expect(ZernikeTerm(p: 10, q: 10).index == 65)
    #expect(ZernikeTerm.count(order: 10) == 66 && ZernikeTerm.count(order: 15) == 136)
    #expect(ZernikeTerm.all(order: 12).map(\.index) == Array(0..<91))
  }

  /// The factorial sum of M22, exact in Double up to order 12.
  private func explicitRadial(_ p: Int, _ q: Int, _ rho: Double) -> Double {
    func factorial(_ n: Int) -> Double { n < 2 ? 1 : (2...n).reduce(1) { $0 * Double($1) } }
    return (0...(p - q) / 2).reduce(0) { sum, k in
      let below = factorial(k) * factorial((p + q) / 2 - k) * factorial((p - q) / 2 - k)
      return sum + (k.isMultiple(of: 2) ? 1 : -1) * factorial(p - k) / below * pow(rho, Double(p - 2 * k))
    }
  }

  @Test(arguments: [0, 0.2, 0.55, 0.9, 1]) func `have radial parts equal to the sum of powers`(rho: Double) {
    let values = zernikeRadials(order: 12, at: rho)
    for p in 0...12 {
      for q in stride(from: p % 2, through: p, by: 2) {
        // The sum's own rounding: coefficients up to 4e4 times 2e-16.
        #expect(abs(values[p * 13 + q] - explicitRadial(p, q, rho)) < 1e-11)
      }
    }
  }

  @Test func `are one at the rim up to order 40`() {
    let values = zernikeRadials(order: 40, at: 1)
    for p in 0...40 { for q in stride(from: p % 2, through: p, by: 2) { #expect(values[p * 41 + q] == 1) } }
  }

  @Test func `are orthogonal and integrate squared to pi`() {
    let (places, weights) = gaussLegendre(count: 16)
    var gram = Matrix<Double>(rows: 66, columns: 66, filling: 0)
    for (place, weight) in zip(places, weights) {
      let rho = (place + 1) / 2
      for step in 0..<32 {
        let values = zernikePolynomials(order: 10, atRadius: rho, angle: 2 * .pi * Double(step) / 32)
        let area = weight / 2 * rho * 2 * .pi / 32
        for i in 0..<66 { for j in 0..<66 { gram[i, j] += area * values[i] * values[j] } }
      }
    }
    // The rule is exact for these polynomials; what is left is rounding.
    for i in 0..<66 { for j in 0..<66 { #expect(abs(gram[i, j] - (i == j ? .pi : 0)) < 1e-10) } }
  }
}

struct `Zernike basis` {
  @Test(arguments: [(11, 48.3), (16, 4.13), (32, 1.33)])
  func `has the known condition number at order 10`(side: Int, expected: Double) {
    let basis = ZernikeBasis(side: side, order: 10, rule: .leastSquares, coversSites: false)
    #expect(abs(basis.condition / expected - 1) < 0.01)  // Three digits are known.
  }

  @Test func `lowers the order of small patches`() {
    #expect(ZernikeBasis.largestOrder(side: 11, atMost: 10, conditionLimit: 16) == 9)
    #expect(ZernikeBasis.largestOrder(side: 13, atMost: 10, conditionLimit: 16) == 10)
  }

  @Test(arguments: [16, 21, 32]) func `returns the moments of polynomials by least squares`(side: Int) {
    let wanted = (0..<66).map { Float(sin(Double($0) * 1.7)) }
    let patch = zernikeReconstruction(of: wanted, side: side)
    let basis = ZernikeBasis(side: side, order: 10, rule: .leastSquares, coversSites: false)
    let found = basis.moments(ofRows: Matrix(rows: 1, columns: side * side, values: patch.values))
    #expect(norm(zip(found.values, wanted).map { $0 - $1 }) < 1e-5 * norm(wanted))  // Float, condition 4 at most.
  }

  @Test(arguments: MomentRule.allCases) func `sees nothing but the mean in a constant patch`(rule: MomentRule) {
    let basis = ZernikeBasis(side: 21, order: 10, rule: rule, coversSites: false)
    let found = basis.moments(ofRows: Matrix(rows: 1, columns: 441, filling: 3)).values
    #expect(abs(found[0] - 3) < 1e-5)
    #expect(norm(Array(found.dropFirst())) < 2e-5)
  }

  /// A plane and a parabola in closed form: x = R Z(1, 1) / 2; r² = R² (Z(2, 0) / √3 + 1) / 2.
  @Test func `integrates a paraboloid exactly enough`() {
    let side = 31
    let radius = Double(side) / 2
    var patch = Raster<Float>(width: side, height: side, filling: 0)
    for y in 0..<side {
      for x in 0..<side {
        let place = (Point(Double(x), Double(y)) - Point(15, 15)) / radius
        patch[x, y] = Float(place.x + place.squaredLength)
      }
    }
    let basis = ZernikeBasis(side: side, order: 10, coversSites: false)
    var found = basis.moments(ofRows: Matrix(rows: 1, columns: side * side, values: patch.values)).values
    found[0] -= 0.5
    found[ZernikeTerm(p: 1, q: 1).index] -= 0.5
    found[ZernikeTerm(p: 2, q: 0).index] -= Float(0.5 / 3.0.squareRoot())
    // The kernel reproduces parabolas; at the four places where disc and square touch it has no pixel beyond.
    #expect(norm(found) < 2e-3)
  }

  @Test(arguments: [21, 33, 64]) func `lets one in pixels / 66 of white noise through least squares`(side: Int) {
    let basis = ZernikeBasis(side: side, order: 10, rule: .leastSquares, coversSites: false)
    let patches = whiteNoise(rows: 300, columns: side * side, seed: 5)
    let moments = basis.moments(ofRows: patches)
    let pixels = zernikeReconstruction(of: [1], side: side).values.count { $0 != 0 }
    let rebuilt = zernikeReconstructions(of: moments, side: side)
    var (before, after) = (0.0, 0.0)
    for (noise, value) in zip(patches.values, rebuilt.values) where value != 0 {
      before += Double(noise) * Double(noise)
      after += Double(value) * Double(value)
    }
    // The sum of 300 x 66 squares is known to 1 %.
    #expect(abs(before / after / (Double(pixels) / 66) - 1) < 0.02)
  }
}

struct `Zernike features` {
  private func invariants(_ patch: Raster<Float>, rule: MomentRule = .integral) throws -> [Float] {
    var descriptor = ZernikeDescriptor()
    descriptor.form = .invariant
    descriptor.rule = rule
    let row = Matrix(rows: 1, columns: patch.count, values: patch.values)
    return try descriptor.features(ofRows: row, side: patch.width).values
  }

  private func quarterTurned(_ image: Raster<Float>) -> Raster<Float> {
    var result = image
    for y in 0..<image.height { for x in 0..<image.width { result[image.height - 1 - y, x] = image[x, y] } }
    return result
  }

  @Test(arguments: [21, 32]) func `stay when a patch turns by 90 degrees`(side: Int) throws {
    let patch = Raster(width: side, height: side, values: whiteNoise(rows: 1, columns: side * side, seed: 3).values)
    for rule in MomentRule.allCases {
      let (before, after) = (try invariants(patch, rule: rule), try invariants(quarterTurned(patch), rule: rule))
      #expect(norm(zip(before, after).map { $0 - $1 }) < 1e-6 * norm(before))
    }
  }

  @Test(.slow, arguments: [21, 33, 65], [3, 4, 5, 7]) func `stay when the specimen turns`(side: Int, corners: Int)
    throws
  {
    let before = try invariants(motif(side: side, corners: corners))
    for degrees in [10.0, 17, 30, 45] {
      let after = try invariants(motif(side: side, corners: corners, turned: degrees * .pi / 180))
      let change = norm(zip(before, after).map { $0 - $1 }) / norm(before)
      // Interpolation of columns with sigma 1.1 pixels, at side 21, is good to .2 %.
      #expect(change < (side == 21 ? 0.002 : 0.0005), "\(degrees) degrees, side \(side), \(corners) corners: \(change)")
    }
  }
}

struct `Noise of Zernike features` {
  @Test(arguments: ZernikeDescriptor.Form.allCases) func `is the share of the moments' that is stated`(
    form: ZernikeDescriptor.Form
  ) throws {
    let (side, count) = (33, 4_000)
    var descriptor = ZernikeDescriptor()
    descriptor.form = form
    let basis = try descriptor.basis(side: side)
    let noise = whiteNoise(rows: count, columns: side * side, seed: 4)
    let features = try descriptor.features(ofRows: noise, side: side)
    let shares = descriptor.terms(order: basis.order).enumerated().map { column, term in
      Statistics.deviation((0..<count).map { features[$0, column] }) / basis.noiseGain(of: term).squareRoot()
    }
    // A standard deviation is known to 1 / √(2 x 4,000) = 1.1 %, and this is the least of 36 or 66.
    #expect(abs(shares.min()! / descriptor.leastNoiseShare - 1) < 0.04)
  }

  @Test func `is that of moments where no feature is a magnitude`() {
    var descriptor = ZernikeDescriptor()
    descriptor.form = .invariant
    descriptor.angularOrders = [0]
    #expect(descriptor.leastNoiseShare == 1)
  }
}

struct `Patches around sites` {
  /// A square and a honeycomb lattice turned about a site, at two patch sizes.
  @Test(.slow, arguments: [21, 33], [4, 6]) func `of a turned crystal keep their invariants`(side: Int, corners: Int)
    throws
  {
    var descriptor = ZernikeDescriptor()
    descriptor.form = .invariant
    let period = Double(side) * 0.45
    func scene(_ degrees: Double) -> Raster<Float> {
      let u = Point(period, 0).rotated(by: degrees * .pi / 180)
      let v = u.rotated(by: 2 * .pi / Double(corners))
      let basis = corners == 6 ? [Point.zero, (u + v) / 3] : [.zero, (u + v) * 0.5]
      let nodes = (-4...4).flatMap { i in (-4...4).map { u * Double(i) + v * Double($0) } }
      return image(
        side: 2 * side + 1, of: nodes.flatMap { node in basis.map { node + $0 + Point(Double(side), Double(side)) } },
        sigma: period * 0.17)
    }
    func features(_ degrees: Double) throws -> [Float] {
      let patches = Patches(of: scene(degrees), around: [Point(Double(side), Double(side))], side: side)
      return try descriptor.features(of: patches).values
    }
    let before = try features(0)
    for degrees in [10.0, 17, 30] {
      let change = norm(zip(before, try features(degrees)).map { $0 - $1 }) / norm(before)
      #expect(change < 0.002, "\(degrees) degrees: \(change)")
    }
  }

  @Test func `of sites anywhere in a pixel have the same moments`() throws {
    var source = RandomSource(seed: 8)
    let side = 25
    var all: [[Float]] = []
    for _ in 0..<12 {
      let centre = Point(24 + source.uniform(), 24 + source.uniform())
      let scene = motif(side: 49, corners: 4, centre: centre, turned: 0.3, extent: 25)
      let patches = Patches(of: scene, around: [centre], side: side)
      all.append(try ZernikeDescriptor().features(of: patches).values)
    }
    for other in all.dropFirst() {
      let change = norm(zip(all[0], other).map { $0 - $1 }) / norm(all[0])
      #expect(change < 0.008, "\(change)")
    }
  }

  @Test func `turn with the image by 90 degrees`() throws {
    let noise = whiteNoise(rows: 1, columns: 60 * 60, seed: 9)
    let scene = Raster(width: 60, height: 60, values: noise.values)
    var turned = scene
    for y in 0..<60 { for x in 0..<60 { turned[59 - y, x] = scene[x, y] } }
    var descriptor = ZernikeDescriptor()
    descriptor.form = .invariant
    for place in [Point(30, 30), Point(29.5, 31.5), Point(28.3, 33.81), Point(30.5, 27.9)] {
      let before = try descriptor.features(of: Patches(of: scene, around: [place], side: 31))
      let after = try descriptor.features(of: Patches(of: turned, around: [Point(59 - place.y, place.x)], side: 31))
      #expect(norm(zip(before.values, after.values).map { $0 - $1 }) < 1e-6 * norm(before.values))
    }
  }

  @Test func `are missing at the edge and beside masked pixels`() throws {
    var scene = Raster<Float>(width: 64, height: 64, filling: 1)
    scene[32, 50] = .nan
    let places = [Point(32, 20), Point(10, 20), Point(9.9, 20), Point(32, 38), Point(53, 20), Point(53.1, 20)]
    let patches = Patches(of: scene, around: places, side: 21)
    #expect(patches.exists == [true, true, false, false, true, false])
    let features = try ZernikeDescriptor().features(of: patches)
    #expect(features.rows == 6 && features.columns == 66)
    #expect((0..<6).map { features[$0, 5].isNaN } == [false, false, true, true, false, true])
    #expect(patches[2] == nil && patches[1]?.values.allSatisfy { abs($0 - 1) < 1e-5 } == true)
    #expect(patches.matrix()[2, 0].isNaN)
  }
}

struct `Moments of a turned specimen` {
  @Test(arguments: [17.0, -64, 180]) func `are those of the turned image`(degrees: Double) throws {
    let angle = degrees * .pi / 180
    let moments = { (turn: Double) in
      let patch = image(
        side: 61, of: [Point(12, 3), Point(-4, 9), Point(2, -14)].map { $0.rotated(by: turn) + Point(30, 30) }, sigma: 5
      )
      let basis = ZernikeBasis(side: 61, order: 8, coversSites: false)
      return ZernikeMoments(
        side: 61, order: 8, values: basis.moments(ofRows: Matrix(rows: 1, columns: patch.count, values: patch.values)))
    }
    let (own, there) = (moments(0).turned(by: angle).values.values, moments(angle).values.values)
    #expect(norm(zip(own, there).map { $0 - $1 }) < 2e-3 * norm(there))
    #expect(norm(zip(own, moments(0).values.values).map { $0 - $1 }) > 0.1 * norm(there))
    #expect(moments(0).turned(by: 0) == moments(0))
  }
}
