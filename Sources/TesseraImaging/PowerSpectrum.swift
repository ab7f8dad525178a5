import TesseraNumerics

/// The power spectrum of an image, tapered by a Hann window so that edges make no streaks, with its radial average.
public struct PowerSpectrum: Sendable {
  /// Squared amplitudes, zero frequency at (width / 2, height / 2).
  public let power: Raster<Float>
  /// Mean power over rings of integer radius in units of 1 / `side`; `radial[r]` belongs to frequency r / `side`.
  public let radial: [Double]
  /// The smaller side of the image: radius r of the radial average is the frequency r / side, in cycles per pixel.
  public let side: Int

  /// - Parameter image: its mean is removed before the taper.
  public init(of image: Raster<Float>) {
    let (width, height) = (image.width, image.height)
    side = min(width, height)
    let mean = Float(Statistics.mean(image.values))
    let tapered = image.tapered(by: HannWindow.values, less: mean)
    power = FourierTransform(width: width, height: height).spectrum(of: tapered).centredPower()
    radial = Self.radialMeans(of: power, rings: side / 2 + 1, side: side)
  }

  private static func radialMeans(of power: Raster<Float>, rings: Int, side: Int) -> [Double] {
    var (sums, counts) = ([Double](repeating: 0, count: rings), [Double](repeating: 0, count: rings))
    let (cx, cy) = (power.width / 2, power.height / 2)
    let (sx, sy) = (Double(side) / Double(power.width), Double(side) / Double(power.height))
    for y in 0..<power.height {
      let fy = Double(y - cy) * sy
      for x in 0..<power.width {
        let fx = Double(x - cx) * sx
        let ring = Int((fx * fx + fy * fy).squareRoot().rounded())
        if ring < rings {
          sums[ring] += Double(power.values[y * power.width + x])
          counts[ring] += 1
        }
      }
    }
    return zip(sums, counts).map { $1 > 0 ? $0 / $1 : 0 }
  }

  /// The frequency (cycles per pixel) of a place of `power`, in pixels.
  public func frequency(at place: Point) -> Point {
    Point(
      (place.x - Double(power.width / 2)) / Double(power.width),
      (place.y - Double(power.height / 2)) / Double(power.height))
  }

  /// The place in `power` of a frequency in cycles per pixel.
  public func place(of frequency: Point) -> Point {
    Point(
      frequency.x * Double(power.width) + Double(power.width / 2),
      frequency.y * Double(power.height) + Double(power.height / 2))
  }
}
