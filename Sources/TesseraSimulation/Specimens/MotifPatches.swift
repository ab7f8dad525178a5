import Foundation
import TesseraNumerics

/// Two classes of synthetic patches: n Gaussians on a regular n-gon and one in the middle, whose height tells the
/// classes apart. Source: [M22] Table S3, whose parameters are {n1, n2, s, sigma, l, A}.
public struct MotifPatches: Sendable, Codable, Equatable {
  /// Corners of the polygon; 3 ... 7 in the paper.
  public var corners = 6
  /// Number of patches of class 1 and of class 2 (n1, n2).
  public var firstCount = 500
  /// Number of patches of class 2 (n2).
  public var secondCount = 500
  /// Side of a patch in pixels (s).
  public var size = 128
  /// Standard deviation of every Gaussian in pixels (sigma).
  public var sigma = 7.0
  /// Distance from the middle to a corner in pixels (l).
  public var distance = 32.0
  /// Height of the middle Gaussian in class 2 (A); it is 1 in class 1, as are all corners.
  public var centreHeight = 0.8
  /// Standard deviation of Gaussian noise, in units of a Gaussian's height; 0 ... 0.8 in the paper.
  public var noise = 0.0
  /// Average counts at height 1; nil for no Poisson noise. The patch is divided by them again.
  public var counts: Double?
  /// Standard deviation of each row's shift in pixels, as a scanning probe causes it.
  public var rowShift = 0.0
  /// Seed of noise and row shifts.
  public var seed: UInt64 = 1

  /// Two times 500 patches of six corners, without noise.
  public init() {}

  /// Patches of both classes.
  public var count: Int { firstCount + secondCount }

  /// One patch a row, row-major pixels, and the class (1 or 2) of each. Class 1 comes first.
  public func patches() throws(ParameterError) -> (patches: Matrix<Float>, labels: [Int]) {
    try check()
    let pixels = size * size
    let labels = [Int](repeating: 1, count: firstCount) + [Int](repeating: 2, count: secondCount)
    let ideal = [patch(centre: 1), patch(centre: centreHeight)]
    let rows = concurrentMap(count: count) { index in
      var random = RandomSource(seed: seed, stream: RandomStream.rows + UInt64(index))
      return degraded(ideal[labels[index] - 1], centre: labels[index] == 1 ? 1 : centreHeight, random: &random)
    }
    var values: [Float] = []
    values.reserveCapacity(count * pixels)
    for row in rows { values += row }
    return (Matrix(rows: count, columns: pixels, values: values), labels)
  }

  /// A patch without noise; its middle lies between the four central pixels of an even size.
  private func patch(centre: Double, shifts: [Point] = []) -> [Float] {
    ColumnRenderer(sigma: sigma, shifts: shifts).image(of: columns(centre: centre), width: size, height: size).values
  }

  /// The Gaussians of a patch, the middle one first; the first corner of the polygon points up.
  func columns(centre: Double) -> [ImagedColumn] {
    let middle = Point(repeating: Double(size - 1) / 2)
    let ring = (0..<corners).map { corner in
      let angle = 2 * Double.pi * Double(corner) / Double(corners) - .pi / 2
      return ImagedColumn(position: middle + distance * Point(cos(angle), sin(angle)), weight: 1)
    }
    return [ImagedColumn(position: middle, weight: centre)] + ring
  }

  private func degraded(_ ideal: [Float], centre: Double, random: inout RandomSource) -> [Float] {
    var pixels = ideal
    if rowShift > 0 {
      let shifts = (0..<size).map { _ in Point(rowShift * random.gaussian(), 0) }
      pixels = patch(centre: centre, shifts: shifts)
    }
    if let counts {
      for index in pixels.indices { pixels[index] = Float(random.poisson(counts * Double(pixels[index])) / counts) }
    }
    if noise > 0 {
      for index in pixels.indices { pixels[index] += Float(noise * random.gaussian()) }
    }
    return pixels
  }

  func check() throws(ParameterError) {
    try require((2...100).contains(corners), setting("corners"), is: corners, mustBe: "between 2 and 100")
    try require(abs(distance) <= 10_000, setting("distance"), is: distance, mustBe: "at most 10,000 pixels")
    try require(centreHeight.isFinite, setting("centre height"), is: centreHeight, mustBe: "finite")
    try require(
      0...1_000_000 ~= firstCount && 0...1_000_000 ~= secondCount && firstCount + secondCount > 0, setting("patches"),
      is: "\(firstCount), \(secondCount)", mustBe: "between 0 and 1,000,000, and not both 0")
    try require((1...4096).contains(size), setting("patch size"), is: size, mustBe: "between 1 and 4096 pixels")
    let pixels = Double(firstCount + secondCount) * Double(size) * Double(size)
    try require(
      pixels <= 1_073_741_824, setting("patches"), is: "\(firstCount), \(secondCount)",
      mustBe: "fewer: together they have \(pixels) pixels, more than 1,073,741,824")
    try require(sigma > 0, "sigma", is: sigma, mustBe: "positive, in pixels")
    try require(noise >= 0, "noise", is: noise, mustBe: "0 or more")
    try require(rowShift >= 0, "row shift", is: rowShift, mustBe: "0 or more, in pixels")
    if let counts { try require(counts > 0, "counts", is: counts, mustBe: "positive") }
  }
}
