import TesseraNumerics

/// Lines of pixels, along x or y, that hold one value throughout, as a detector with a dead line or a scan that paused leaves them.
///
/// In an image with noise no line is constant. A line in which nothing stands is, where few counts are or a background was cut off at
/// zero; but then the lines beside it hold little as well, while those beside a dead line are like the others, or have other values in most pixels.
/// Or such lines come between all rows of columns; a few constant lines in an image that has no other line nearly as empty are dead, too.
struct DeadLines {
  /// Lines of pixels along x, or along y.
  enum Direction { case rows, columns }
  /// Of which lines is spoken.
  let direction: Direction
  /// Neighbouring lines that are dead.
  let runs: [Range<Int>]

  /// More dead lines than this share are the image itself.
  private static let largestShare = 0.25
  /// So many pixels of other values in both lines beside it make a line that is constant by chance one of e³⁰.
  private static let fewestOthers = 30
  /// What the lines beside a dead one differ from its value by, as a share of what others do.
  private static let leastDifference = 0.5
  /// Gaps between rows of columns are more than these.
  private static let fewRuns = 3

  /// - Parameter seen: the image, NaN where nothing was measured.
  init(_ direction: Direction, in seen: Raster<Float>) {
    self.direction = direction
    let lines = Lines(direction, of: seen)
    let constants = concurrentMap(count: lines.count) { lines.constant($0) }
    let dead = constants.count { $0 != nil }
    guard dead > 0, Double(dead) <= Self.largestShare * Double(lines.count) else {
      runs = []
      return
    }
    /// What live lines differ from a value by on average, and the fewest pixels of another value in one of them that is mostly measured and
    /// not beside a constant one; 0 without any.
    func others(than value: Float) -> (usual: Double, fewest: Int) {
      let live = constants.indices.filter { constants[$0] == nil }
        .map { (line: $0, lines.difference($0, from: value)) }.filter { $0.1.measured > 0 }
      let apart = live.filter { line, found in
        2 * found.measured > lines.length
          && [line - 1, line + 1].allSatisfy { !constants.indices.contains($0) || constants[$0] == nil }
      }
      return (Statistics.mean(live.map(\.1.mean)), apart.map(\.1.others).min() ?? 0)
    }
    var constant: [Range<Int>] = []
    for (line, value) in constants.enumerated() where value != nil {
      if let last = constant.last, last.upperBound == line, constants[line - 1] == value {
        constant[constant.count - 1] = last.lowerBound..<line + 1
      } else {
        constant.append(line..<line + 1)
      }
    }
    var known: [Float: (usual: Double, fewest: Int)] = [:]
    runs = constant.filter { run in
      let value = constants[run.lowerBound]!
      let elsewhere = known[value] ?? others(than: value)
      known[value] = elsewhere
      let isAlone = constant.count <= Self.fewRuns && elsewhere.fewest >= Self.fewestOthers
      return [run.lowerBound - 1, run.upperBound].filter((0..<lines.count).contains).allSatisfy { line in
        let (others, measured, mean) = lines.difference(line, from: value)
        return others >= Self.fewestOthers
          && (isAlone || 2 * others >= measured || mean >= Self.leastDifference * elsewhere.usual)
      }
    }
  }

  /// The rows or the columns of an image, NaN where nothing was measured.
  private struct Lines: Sendable {
    /// Number of lines, and of pixels in each.
    let count, length: Int
    private let seen: Raster<Float>
    private let isRow: Bool

    init(_ direction: Direction, of seen: Raster<Float>) {
      isRow = direction == .rows
      self.seen = seen
      (count, length) = isRow ? (seen.height, seen.width) : (seen.width, seen.height)
    }

    private func pixel(_ line: Int, _ place: Int) -> Float {
      seen.values[isRow ? line * seen.width + place : place * seen.width + line]
    }

    /// The value that all measured pixels of a line have; nil where they differ, or none is measured.
    func constant(_ line: Int) -> Float? {
      var value = Float.nan
      for place in 0..<length {
        let pixel = pixel(line, place)
        guard !pixel.isNaN else { continue }
        if value.isNaN { value = pixel } else if pixel != value { return nil }
      }
      return value.isNaN ? nil : value
    }

    /// How many pixels of a line have another value, how many are measured, and by how much these differ on average.
    func difference(_ line: Int, from value: Float) -> (others: Int, measured: Int, mean: Double) {
      var (others, measured, sum) = (0, 0, 0.0)
      for place in 0..<length {
        let pixel = pixel(line, place)
        guard pixel.isFinite else { continue }
        measured += 1
        if pixel != value { others += 1 }
        sum += Double(abs(pixel - value))
      }
      return (others, measured, sum / Double(max(1, measured)))
    }
  }

  /// The indices of the pixels of a line.
  func pixels(of line: Int, in image: Raster<Float>) -> StrideTo<Int> {
    direction == .rows
      ? stride(from: line * image.width, to: (line + 1) * image.width, by: 1)
      : stride(from: line, to: image.count, by: image.width)
  }

  /// Gives single dead lines what the two lines before and the two after tell, where columns are wide enough for that to be as good as a
  /// measurement. Returns which lines these are.
  /// - Parameter image: finite everywhere.
  func mend(_ image: inout Raster<Float>) -> [Int] {
    let (step, count) = direction == .rows ? (image.width, image.height) : (1, image.width)
    let dead = Set(runs.joined())
    func isSurrounded(_ line: Int) -> Bool {
      [line - 2, line - 1, line + 1, line + 2].allSatisfy { (0..<count).contains($0) && !dead.contains($0) }
    }
    let single = runs.filter { $0.count == 1 }.map(\.lowerBound).filter(isSurrounded)
    guard !single.isEmpty,
      isSmooth(
        image, step: step,
        lines: (0..<count).filter { !dead.contains($0) && !dead.contains($0 + 1) && !dead.contains($0 + 2) })
    else { return [] }
    var trial = image
    for index in single.flatMap({ pixels(of: $0, in: image) }) {
      trial.values[index] = Self.interpolated(image, index, step)
    }
    image = trial
    return single
  }

  /// Whether what stands in the image is wide enough for a line to follow from those beside it, by the covariance of lines that are two apart
  /// over that of neighbours: exp(-3 / 4s²) for columns of the standard deviation s. White noise adds to neither, and differences along the line
  /// leave slow backgrounds out.
  private func isSmooth(_ image: Raster<Float>, step: Int, lines: [Int]) -> Bool {
    let along = Self.difference * (direction == .rows ? 1 : image.width)
    var (near, far) = (0.0, 0.0)
    for line in lines {
      for index in pixels(of: line, in: image) where index + along + 2 * step < image.count {
        let rises = [0, step, 2 * step].map { Double(image.values[index + $0 + along] - image.values[index + $0]) }
        near += rises[0] * rises[1]
        far += rises[0] * rises[2]
      }
    }
    return far >= Self.leastCovariance * near
  }

  /// What is said of them.
  /// - Parameter mended: the lines that were given what the lines around them tell.
  func sentence(mended: [Int]) -> String {
    let all = runs.flatMap { Array($0) }
    let names = all.prefix(6).map(String.init).joined(separator: ", ") + (all.count > 6 ? ", ..." : "")
    let (one, many) = direction == .rows ? ("line", "lines") : ("column of pixels", "columns of pixels")
    let what =
      all.count == 1 ? "\(one) \(names), counted from 0, holds" : "\(all.count) \(many) (\(names), counted from 0) hold"
    let left = all.count - mended.count
    let (they, were) = all.count == 1 ? ("it", "was") : ("they", "were")
    let fate =
      left == 0
      ? "\(they) \(were) replaced by what the lines beside tell"
      : (mended.isEmpty
        ? "\(they) \(were) left out"
        : "\(left) \(left == 1 ? "was" : "were") left out, \(mended.count) replaced by what the lines beside tell")
    return "\(what) one value throughout, which no measurement does: \(fate)"
  }

  /// Cubic interpolation in the middle of four lines, weights (-1, 9, 9, -1) / 16.
  private static func interpolated(_ image: Raster<Float>, _ index: Int, _ step: Int) -> Float {
    (9 * (image.values[index - step] + image.values[index + step])
      - image.values[index - 2 * step] - image.values[index + 2 * step]) / 16
  }

  /// Differences along a line are taken over so many pixels.
  private static let difference = 3
  /// That of columns of 2.3 pixels, of whose height interpolation misses 5 % in one line.
  private static let leastCovariance = 0.87
}
