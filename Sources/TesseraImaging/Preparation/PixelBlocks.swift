import Foundation
import TesseraNumerics

/// The blocks of equal pixels of an image that was magnified by repeating its pixels, without interpolation.
///
/// Within a block the noise is no noise, and at the edges of a block it jumps, which looks like columns as large as the blocks. Lines of
/// a detector differ by noise, so lines that repeat the line before in every pixel were copied.
struct PixelBlocks {
  /// Between which blocks each line and each column of pixels lies.
  private let down, across: [Step]
  /// Pixels per block, on average: magnification along x and y.
  let width, height: Double

  /// A pixel between the middles of two blocks: `value = (1 - weight) image[first] + weight image[second]`.
  private struct Step {
    var first, second: Int
    var weight: Float
  }

  /// Magnifications below this leave most pixels single, and others above are no magnification of an image that can be analysed.
  private static let magnifications = 1.25...32.0

  /// Nil where an image does not consist of such blocks.
  /// - Parameter image: finite where it was measured.
  init?(in image: Raster<Float>) {
    let lines = image.values.span
    let (columns, rows) = (image.width, image.height)
    guard columns > 1, rows > 1 else { return nil }
    // A line of one value repeats another for other reasons, as where nothing stands.
    func isConstant(_ start: Int, _ step: Int, _ count: Int) -> Bool {
      (1..<count).allSatisfy { Self.areEqual(lines[start + $0 * step], lines[start]) }
    }
    func magnification(_ repeats: [Bool], _ live: [Bool]) -> Double {
      let all = live.count { $0 }
      return Double(all) / Double(max(1, all - repeats.count { $0 }))
    }
    let rowRepeats = (0..<rows).map { y in
      y > 0 && (0..<columns).allSatisfy { Self.areEqual(lines[y * columns + $0], lines[(y - 1) * columns + $0]) }
        && !isConstant(y * columns, 1, columns)
    }
    // An image of which no line repeats another, as nearly all, needs no look at its columns.
    guard rowRepeats.contains(true) else { return nil }
    let height = magnification(rowRepeats, (0..<rows).map { !isConstant($0 * columns, 1, columns) })
    guard Self.magnifications.contains(height) else { return nil }
    let columnRepeats = (0..<columns).map { x in
      x > 0 && (0..<rows).allSatisfy { Self.areEqual(lines[$0 * columns + x], lines[$0 * columns + x - 1]) }
        && !isConstant(x, columns, rows)
    }
    let width = magnification(columnRepeats, (0..<columns).map { !isConstant($0, columns, rows) })
    guard Self.magnifications.contains(width) else { return nil }
    (self.width, self.height) = (width, height)
    (down, across) = (Self.steps(rowRepeats), Self.steps(columnRepeats))
  }

  /// Whether two pixels hold the same, be it nothing.
  /// What a user is told of the blocks.
  var sentence: String {
    "pixels lie in blocks of equal ones, \(width.text(digits: 3)) x \(height.text(digits: 3)) on average, as where an image was "
      + "magnified without interpolation: values between the middles of the blocks were interpolated; the image as it was recorded shows as much"
  }

  private static func areEqual(_ one: Float, _ other: Float) -> Bool { one == other || (one.isNaN && other.isNaN) }

  private static func steps(_ repeats: [Bool]) -> [Step] {
    let starts = repeats.indices.filter { !repeats[$0] }
    let middles = zip(starts, starts.dropFirst() + [repeats.count]).map { Double($0 + $1 - 1) / 2 }
    var block = 0
    return repeats.indices.map { index in
      if index > starts[block], !repeats[index] { block += 1 }
      let place = Double(index)
      let first = place < middles[block] ? max(0, block - 1) : block
      let second = min(starts.count - 1, first + 1)
      let distance = middles[second] - middles[first]
      let weight = distance > 0 ? min(1, max(0, (place - middles[first]) / distance)) : 0
      return Step(first: starts[first], second: starts[second], weight: Float(weight))
    }
  }

  /// The image with its values linear between the middles of the blocks.
  func interpolated(_ image: Raster<Float>) -> Raster<Float> {
    concurrentRows(width: image.width, height: image.height, of: Float(0)) { y, row in
      let step = down[y]
      let above = image.values.span.extracting(step.first * image.width..<(step.first + 1) * image.width)
      let below = image.values.span.extracting(step.second * image.width..<(step.second + 1) * image.width)
      for x in 0..<image.width {
        let (left, right, weight) = (across[x].first, across[x].second, across[x].weight)
        let upper = above[left] + weight * (above[right] - above[left])
        let lower = below[left] + weight * (below[right] - below[left])
        row[x] = upper + step.weight * (lower - upper)
      }
    }
  }
}
