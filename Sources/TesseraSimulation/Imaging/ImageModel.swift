import Foundation
import TesseraNumerics

/// How a scene becomes an image: incoherent imaging, then everything that goes wrong.
///
/// The noise-free image is the sum of one Gaussian a column (`ColumnRenderer`), scaled so that its brightest pixel is 1,
/// plus contamination and background. Its brightest pixel then collects N counts on average, and each pixel draws from
/// a Poisson law; Gaussian noise follows. Without counts and dose the values stay relative to the brightest pixel.
public struct ImageModel: Sendable, Codable, Equatable {
  /// Standard deviation of a column in the image (probe, source and thermal vibration together), in nm; positive.
  public var columnSigma = 0.0548
  /// Detected counts in the brightest pixel of the noise-free image; positive. Goes before `dose`.
  public var counts: Double? = 20
  /// Incident electrons per square Angstrom; positive.
  public var dose: Double?
  /// Fraction of the incident electrons that reach the detector at the brightest pixel (0 ... 1); used with `dose`.
  public var scatteredFraction = 0.05
  /// Standard deviation of the Gaussian noise, relative to the brightest pixel; 0 or more.
  public var noise = 0.0
  /// Standard deviation of each row's sideways shift, in pixels; 0 or more. The truth does not follow it.
  public var jitter = 0.0
  /// How far the specimen drifts during the scan, first row to last, in pixels. The truth follows it.
  public var drift = Point.zero
  /// Length over which a tilted column spreads in the image (thickness times the tangent of the tilt), in pixels.
  public var tilt = Point.zero
  /// Standard deviation of a smooth layer of contamination, relative to the brightest pixel; 0 or more.
  public var contamination = 0.0
  /// Intensity without any column, relative to the brightest pixel; 0 or more.
  public var background = 0.0

  /// Shot noise of 20 counts in the brightest pixel, and no other error.
  public init() {}

  /// Average counts of the brightest pixel; nil for an image without shot noise.
  /// - Parameter pixel: side of a pixel in nm.
  public func brightestCounts(pixel: Double) -> Double? {
    let pixelArea = 100 * pixel * pixel  // Square Angstrom.
    return counts ?? dose.map { $0 * pixelArea * scatteredFraction }
  }

  /// The image of a scene.
  public func image(of scene: Scene, in frame: Frame, seed: UInt64) throws(ParameterError) -> Raster<Float> {
    try check()
    let clean = noiseFreeImage(of: scene, in: frame, seed: seed)
    return detected(clean, full: clean.values.max() ?? 0, in: frame, seed: seed)
  }

  /// What the detector counts where the noise-free image is `clean`; `full` is the value that collects the counts of the
  /// brightest pixel.
  func detected(_ clean: Raster<Float>, full: Float, in frame: Frame, seed: UInt64) -> Raster<Float> {
    let counts = brightestCounts(pixel: frame.nanometresPerPixel)
    let scale = full > 0 ? (counts ?? 1) / Double(full) : 0
    let deviation = noise * (counts ?? 1)
    return concurrentRows(width: frame.width, height: frame.height, of: Float(0)) { y, row in
      var random = RandomSource(seed: seed, stream: RandomStream.rows + UInt64(y))
      for x in 0..<row.count {
        let mean = scale * Double(clean.values[y * row.count + x])
        let count = counts == nil ? mean : random.poisson(mean)
        row[x] = Float(deviation > 0 ? count + deviation * random.gaussian() : count)
      }
    }
  }

  /// The image before shot noise and Gaussian noise; the columns' brightest pixel is 1.
  public func noiseFreeImage(of scene: Scene, in frame: Frame, seed: UInt64) -> Raster<Float> {
    noiseFreeImage(of: scene, in: frame, seed: seed, shifts: shifts(rows: frame.height, seed: seed), brightest: nil)
  }

  /// The same with the probe off by `shifts` in each row; `brightest` is the height that becomes 1, nil that of the image.
  func noiseFreeImage(
    of scene: Scene, in frame: Frame, seed: UInt64, shifts: [Point], brightest: Float?
  ) -> Raster<Float> {
    var renderer = ColumnRenderer(sigma: columnSigma / frame.nanometresPerPixel, tilt: tilt)
    renderer.shifts = shifts
    var image = renderer.image(of: scene.columns, width: frame.width, height: frame.height)
    let brightest = brightest ?? image.values.max() ?? 0
    let scale = brightest > 0 ? 1 / brightest : 0
    let layer = contamination > 0 ? Contamination(deviation: contamination).layer(in: frame, seed: seed) : nil
    for index in image.values.indices {
      image.values[index] = image.values[index] * scale + Float(background) + (layer?.values[index] ?? 0)
    }
    return image
  }

  /// Height of the brightest pixel of the columns, scanned without any error.
  func brightestPixel(of scene: Scene, in frame: Frame) -> Float {
    let renderer = ColumnRenderer(sigma: columnSigma / frame.nanometresPerPixel, tilt: tilt)
    return renderer.image(of: scene.columns, width: frame.width, height: frame.height).values.max() ?? 0
  }

  /// How far outside the frame columns still matter, in pixels.
  func reach(in frame: Frame) -> Double {
    let sigma = columnSigma / frame.nanometresPerPixel
    let spread = (sigma * sigma + tilt.squaredLength / 12).squareRoot()
    return ColumnRenderer.reach * spread + 5 * jitter + drift.length
  }

  /// Where a place of the specimen appears in the image: the probe reaches its row when this much has drifted by.
  func appearance(of place: Point, rows: Int) -> Point {
    let perRow = drift / Double(max(1, rows - 1))
    let y = place.y / (1 - perRow.y)
    return Point(place.x + perRow.x * y, y)
  }

  /// Where the probe hits the specimen, less where it should, in each row.
  private func shifts(rows: Int, seed: UInt64) -> [Point] {
    if jitter == 0 && drift == .zero { return [] }
    var random = RandomSource(seed: seed, stream: RandomStream.jitter)
    return (0..<rows).map { y in
      let drifted = drift * (Double(y) / Double(max(1, rows - 1)))
      return Point(jitter > 0 ? jitter * random.gaussian() : 0, 0) - drifted
    }
  }

  func check() throws(ParameterError) {
    try require(columnSigma > 0, "column sigma", is: columnSigma, mustBe: "positive, in nm")
    // Single precision holds whole numbers up to 1.7e7.
    if let counts {
      try require(counts > 0 && counts <= 1e7, setting("counts"), is: counts, mustBe: "above 0 and at most 10,000,000")
    }
    if let dose { try require(dose > 0 && dose.isFinite, setting("dose"), is: dose, mustBe: "positive") }
    try require(
      scatteredFraction > 0 && scatteredFraction <= 1, setting("scattered fraction"), is: scatteredFraction,
      mustBe: "above 0 and at most 1")
    let amounts = [
      ("noise", noise), ("jitter", jitter), ("contamination", contamination), ("background", background),
    ]
    for (name, value) in amounts {
      try require(value >= 0 && value.isFinite, setting(name), is: value, mustBe: "0 or more, and finite")
    }
  }
}
