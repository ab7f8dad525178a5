import TesseraNumerics

/// Finds scale bars and their captions that a program drew into the pixels.
///
/// A bar is a solid rectangle of one value at an end of the image's range (exact, or nearly so after lossy compression), at least 3 % of the image's width
/// long and four times as long as high. The caption is whatever else has (nearly) that value close to the bar. Solid
/// boxes behind a caption are found the same way. Images of atoms hold no such rectangle: even a clipped column is round.
/// A caption without a bar is one line of letters that alone have the values at an end of the range.
public enum BurnedInLabels {
  /// A box of pixels: corners (`x`, `y`) and (`x + width`, `y + height`), the second outside.
  public struct Box: Sendable, Equatable, Codable {
    /// Upper left corner and size, in whole pixels; the corner is the first pixel that belongs to the box.
    public var x, y, width, height: Int
  }

  /// The boxes to leave out of an analysis, bars and captions together; empty when the image has none.
  public static func boxes(in image: Raster<Float>) -> [Box] {
    let finite = image.values.filter(\.isFinite)
    guard let low = finite.min(), let high = finite.max(), low < high else { return [] }
    for slack in slacks where slack == 0 || hasFewValues(finite) {
      let found = [high, low].flatMap { boxes(in: image, of: $0, slack: slack * (high - low), range: high - low) }
      if !found.isEmpty { return found }
    }
    return [high, low].compactMap { line(in: image, value: $0, range: high - low) }
  }

  /// How far a bar's pixels may be from the end of the range, as a share of the range: not at all, or as far as lossy compression
  /// moves them.
  private static let slacks: [Float] = [0, 0.03]

  /// Lossy compression is of pictures of 256 grey levels, or some more where colours were averaged.
  private static let mostValues = 1024

  private static func hasFewValues(_ values: [Float]) -> Bool {
    var known = Set<Float>()
    return values.allSatisfy {
      known.insert($0)
      return known.count <= mostValues
    }
  }

  private static func boxes(in image: Raster<Float>, of value: Float, slack: Float, range: Float) -> [Box] {
    let pieces = components(of: image) { abs($0 - value) <= slack }
    let bars = pieces.filter { piece in
      let box = piece.box
      return box.width >= max(16, image.width * 3 / 100) && box.width >= 4 * box.height && box.height >= 2
        && box.height <= image.height / 10 && Double(piece.count) >= 0.9 * Double(box.width * box.height)
    }
    guard !bars.isEmpty, bars.count <= 4 else { return [] }
    let letters = letters(in: image, value: value, range: range)
    let reach = max(8, image.height / 16)
    // Where nothing but the label is so bright (or dark), no piece of it is noise.
    let areAlone = letters.allSatisfy { letter in bars.contains { isNear(letter.box, $0.box, reach: reach) } }
    return bars.map { bar in
      var box = bar.box
      for letter in letters where isNear(letter.box, bar.box, reach: reach) {
        let small = letter.box.width <= max(bar.box.width, reach) && letter.box.height <= reach
        // Noise reaches the end of the range in single pixels; a letter is a stroke.
        if small && (areAlone || letter.count >= 12) { box = union(box, letter.box) }
      }
      return withMargin(box, in: image)
    }
  }

  /// Letters may be smoothed: within a tenth of the range of the bar's value.
  private static func letters(in image: Raster<Float>, value: Float, range: Float) -> [(count: Int, box: Box)] {
    components(of: image) { abs($0 - value) <= 0.1 * range }
  }

  private static func isNear(_ one: Box, _ bar: Box, reach: Int) -> Bool {
    one.x + one.width > bar.x - reach && one.x < bar.x + bar.width + reach && one.y + one.height > bar.y - reach
      && one.y < bar.y + bar.height + reach
  }

  /// Three pixels more on each side, as far as the image goes.
  private static func withMargin(_ box: Box, in image: Raster<Float>) -> Box {
    let margin = 3
    let (x0, y0) = (max(0, box.x - margin), max(0, box.y - margin))
    return Box(
      x: x0, y: y0, width: min(image.width, box.x + box.width + margin) - x0,
      height: min(image.height, box.y + box.height + margin) - y0)
  }

  /// Letters of a line of text, its length over its height, its height in the image's, and the share of pixels with exactly the
  /// largest value, which smoothed letters have, too, but no row of columns: each column has a summit of its own.
  private static let (fewestLetters, leastSlenderness, largestHeight, leastExact) = (5, 3, 0.1, 0.25)

  /// The box of all letters if they are one line of text, else nil.
  private static func line(in image: Raster<Float>, value: Float, range: Float) -> Box? {
    let pieces = letters(in: image, value: value, range: range)
    guard let first = pieces.first, pieces.count(where: { $0.count >= 4 }) >= fewestLetters else { return nil }
    let box = pieces.dropFirst().reduce(first.box) { union($0, $1.box) }
    guard box.width >= leastSlenderness * box.height, Double(box.height) <= largestHeight * Double(image.height) else {
      return nil
    }
    let exact = (box.y..<box.y + box.height).reduce(0) { sum, y in
      sum + (box.x..<box.x + box.width).count { image[$0, y] == value }
    }
    guard Double(exact) >= leastExact * Double(pieces.reduce(0) { $0 + $1.count }) else { return nil }
    return withMargin(box, in: image)
  }

  private static func union(_ a: Box, _ b: Box) -> Box {
    let (x, y) = (min(a.x, b.x), min(a.y, b.y))
    return Box(
      x: x, y: y, width: max(a.x + a.width, b.x + b.width) - x, height: max(a.y + a.height, b.y + b.height) - y)
  }

  /// The 4-connected components of the pixels that satisfy a condition: size and bounding box.
  private static func components(
    of image: Raster<Float>, where holds: (Float) -> Bool
  ) -> [(count: Int, box: Box)] {
    let (width, height) = (image.width, image.height)
    var open = image.values.map(holds)
    var result: [(Int, Box)] = []
    var stack: [Int] = []
    for start in open.indices where open[start] {
      open[start] = false
      stack.append(start)
      var (x0, x1, y0, y1, count) = (width, 0, height, 0, 0)
      while let index = stack.popLast() {
        let (x, y) = (index % width, index / width)
        (x0, x1, y0, y1) = (min(x0, x), max(x1, x), min(y0, y), max(y1, y))
        count += 1
        for next in [x > 0 ? index - 1 : -1, x + 1 < width ? index + 1 : -1, index - width, index + width]
        where next >= 0 && next < open.count && open[next] {
          open[next] = false
          stack.append(next)
        }
      }
      result.append((count, Box(x: x0, y: y0, width: x1 - x0 + 1, height: y1 - y0 + 1)))
    }
    return result
  }
}
