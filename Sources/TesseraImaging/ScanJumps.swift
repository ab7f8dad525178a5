import Foundation
import TesseraNumerics

/// Lines at which the scan has jumped: from there on, everything is shifted along the lines.
///
/// What a probe blurs hardly changes from one line to the next. A line that differs from the one above much more than noise makes it, and
/// hardly differs from it once that is shifted by some pixels, is where the scan has jumped. A fault of the specimen is never so sharp.
/// Where a jump passes between two rows of columns, nothing tells it from a fault, and it is not listed.
public struct ScanJumps: Sendable, Equatable {
  /// A line at which the scan has jumped.
  public struct Jump: Sendable, Equatable {
    /// The first line after the jump.
    public var line: Int
    /// How far what follows is shifted towards larger x, in pixels.
    public var shift: Double
  }

  /// From the first line to the last; none where lines are shifted against one another all over the image.
  public let jumps: [Jump]

  /// The farthest jump that is sought, in pixels.
  private static let reach = 8
  /// Lines are smoothed along themselves by a Gaussian of this width in pixels, against noise; one line apart they keep their noise.
  private static let smoothing = 1.0
  /// How much a line differs from the one above over how much it differs once that is shifted, less one, times the gain over the noise. In
  /// 48 simulated images without jumps (24,000 lines), the largest was 2.3.
  private static let leastScore = 3.0
  /// Where more lines jump, as a share of all, the scan jitters.
  private static let mostJumps = 0.01

  /// The jumps of an image; pixels that are not finite must have been filled.
  public init(of image: Raster<Float>) {
    let (width, height) = (image.width, image.height)
    let margin = 4 * Int(Self.smoothing) + Self.reach
    guard width >= 4 * margin, height >= 8 else {
      jumps = []
      return
    }
    let light = separableFilter(image, rows: GaussianFilter.halfKernel(sigma: Self.smoothing), columns: [1])
    let differences = concurrentMap(count: height - 1) { Self.differences(of: light, line: $0 + 1, margin: margin) }
    let best = differences.map { line in line.indices.min { (line[$0], $0) < (line[$1], $1) }! }
    let noise = Statistics.median(zip(differences, best).map { $0[$1] })
    let found = differences.indices.compactMap { k -> Jump? in
      let (line, place) = (differences[k], best[k])
      let (still, least) = (line[Self.reach], line[place])
      // A jump to the end of what is sought may go farther.
      guard place != Self.reach, place > 0, place + 1 < line.count, least > 0, noise > 0,
        (still / least - 1) * (still - least) / noise > Self.leastScore
      else { return nil }
      let bend = line[place - 1] - 2 * least + line[place + 1]
      let part = bend > 0 ? (line[place - 1] - line[place + 1]) / (2 * bend) : 0
      return Jump(line: k + 1, shift: Double(place - Self.reach) + part)
    }
    jumps = Double(found.count) > max(3, Self.mostJumps * Double(height)) ? [] : found
  }

  /// How far all jumps up to a line have shifted it, in whole pixels: noise stays as it is.
  private func offset(ofLine y: Int) -> Int {
    Int(saturating: jumps.reduce(0) { $0 + ($1.line <= y ? $1.shift : 0) }.rounded())
  }

  /// An image whose lines are moved back to where they were without the jumps, to half a pixel; `empty` stands where nothing was recorded.
  public func straightened<Value>(_ image: Raster<Value>, empty: Value) -> Raster<Value> {
    moved(image, empty: empty) { offset(ofLine: $0) }
  }

  /// The opposite of `straightened`: an image whose lines are where the scan with its jumps puts them.
  public func jumping<Value>(_ image: Raster<Value>, empty: Value) -> Raster<Value> {
    moved(image, empty: empty) { -offset(ofLine: $0) }
  }

  /// An image of which each line begins so many pixels further on.
  private func moved<Value>(
    _ image: Raster<Value>, empty: Value, by offsetOfLine: (Int) -> Int
  ) -> Raster<Value> {
    guard !jumps.isEmpty else { return image }
    var result = Raster(width: image.width, height: image.height, filling: empty)
    for y in 0..<image.height {
      let offset = offsetOfLine(y)
      for x in max(0, -offset)..<max(max(0, -offset), min(image.width, image.width - offset)) {
        result[x, y] = image[x + offset, y]
      }
    }
    return result
  }

  /// Where a place of the image lies in the straightened one.
  public func straightened(_ place: Point) -> Point {
    guard !jumps.isEmpty, place.y.isFinite else { return place }
    return place - Point(Double(offset(ofLine: Int(saturating: place.y.rounded()))), 0)
  }

  /// Mean squared difference of a line from the one above, shifted by -`reach` ... `reach` pixels.
  private static func differences(of light: Raster<Float>, line: Int, margin: Int) -> [Double] {
    let width = light.width
    let pixels = light.values.span
    let (own, above) = (line * width, (line - 1) * width)
    return (-reach...reach).map { shift in
      var sum: Float = 0
      for x in margin..<width - margin {
        let difference = pixels[own + x] - pixels[above + x - shift]
        sum += difference * difference
      }
      return Double(sum) / Double(width - 2 * margin)
    }
  }
}
