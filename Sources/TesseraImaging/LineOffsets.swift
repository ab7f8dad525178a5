import Foundation
import TesseraNumerics

/// What whole scan lines are brighter or darker than their neighbours, as a beam or an amplifier that flickers from line to line leaves it.
///
/// An offset is seen between the columns, where nothing but background stands, so it is read from what the model of an image leaves over
/// there. Offsets are those of the scan only if lines differ from their neighbours by more than the noise of their pixels, and by more
/// than columns of pixels differ from theirs: what a model lacks at the shape of the columns shows in both directions alike.
public struct LineOffsets: Sendable, Equatable {
  /// For each line what it is brighter than it should be, in intensity units; 0 where too few pixels tell.
  public let values: [Float]
  /// Standard deviation of what neighbouring lines differ by, noise taken off, in intensity units.
  public let deviation: Double

  /// Fewer pixels do not tell the offset of a line.
  private static let fewestPixels = 12
  /// Where the model rises by less than this share of a column's height, columns have taken next to nothing of an offset.
  private static let backgroundRise: Float = 0.1
  /// In lines with fewer such pixels, as between columns that stand close, so many are taken where the model rises least.
  private static let wantedPixels = 48
  /// The variance of lines exceeds that of columns of pixels so many times, and its own standard error so many.
  private static let (leastRatio, leastSignificance) = (4.0, 5.0)

  /// The offsets of the lines of an image; nil where there are none.
  /// - Parameters:
  ///   - residual: the image less its model, in intensity units.
  ///   - rise: what the model rises by above the background, in units of the height of a column; NaN where nothing was measured.
  public init?(of residual: Raster<Float>, rise: Raster<Float>) {
    let (width, height) = (residual.width, residual.height)
    let lines = concurrentMap(count: height) { y in
      Middle(of: (0..<width).map { (residual[$0, y], rise[$0, y]) })
    }
    let pixelColumns = concurrentMap(count: width) { x in
      Middle(of: (0..<height).map { (residual[x, $0], rise[x, $0]) })
    }
    let (down, across) = (Self.excess(of: lines), Self.excess(of: pixelColumns))
    guard down.variance > Self.leastSignificance * down.error, down.variance > Self.leastRatio * across.variance else {
      return nil
    }
    values = lines.map { Float($0?.value ?? 0) }
    deviation = down.variance.squareRoot()
  }

  /// The image without the offsets.
  public func removed(from image: Raster<Float>) -> Raster<Float> {
    var result = image
    for y in 0..<image.height { for x in 0..<image.width { result[x, y] -= values[y] } }
    return result
  }

  /// The middle of some pixels of a line.
  private struct Middle {
    /// The median, which a column that the model lacks hardly moves.
    var value: Double
    /// The mean, of which a median of few counts may be off by half a count, with its standard error.
    var mean, error: Double

    init?(of line: [(value: Float, rise: Float)]) {
      let measured = line.filter { $0.rise.isFinite && $0.value.isFinite }
      var pixels = measured.filter { $0.rise < backgroundRise }.map(\.value)
      if pixels.count < wantedPixels {
        pixels = measured.sorted { $0.rise < $1.rise }.prefix(wantedPixels).map(\.value)
      }
      guard pixels.count >= fewestPixels else { return nil }
      value = Double(Statistics.median(pixels))
      mean = Statistics.mean(pixels)
      error = Statistics.deviation(pixels) / Double(pixels.count).squareRoot()
    }
  }

  /// The variance of lines beyond noise, with its standard error, from second differences: what varies slowly from line to line is not in it.
  private static func excess(of lines: [Middle?]) -> (variance: Double, error: Double) {
    let triples = (1..<max(1, lines.count - 1)).compactMap { y -> (square: Double, noise: Double)? in
      guard let a = lines[y - 1], let b = lines[y], let c = lines[y + 1] else { return nil }
      let difference = a.mean - 2 * b.mean + c.mean
      return (difference * difference / 6, (a.error * a.error + 4 * b.error * b.error + c.error * c.error) / 6)
    }
    guard triples.count >= fewestPixels else { return (0, .infinity) }
    let noise = Statistics.mean(triples.map(\.noise))
    // Second differences that overlap are correlated: one in two counts.
    return (Statistics.mean(triples.map(\.square)) - noise, noise * (4 / Double(triples.count)).squareRoot())
  }
}
