import TesseraNumerics

/// Grows an ordered phase from the windows that are surely of it to where it ends.
///
/// A window with a partly filled unit has no type, and of the cells at the rim only those belong to a window that is wholly inside: both
/// are lost to the phase although the rest of their units continues it. So two kinds of place join:
///
/// 1. windows beside the phase whose known units are those of one of its types, up to `mostUnknown` of sixteen being unknown;
/// 2. squares of four units beside the phase that repeat those two squares away inside it, along every direction in which it lies.
///
/// Some squares beside it do so by chance. Of those that were asked and do not, each stands for q / (1 − q) others, q being the probability
/// that independent fillings repeat it: their sum is what the phase has too much.
struct PhaseGrowth {
  let windows: UnitWindows
  let isCoded, isFilled: [Bool]
  /// Codes of level 3 that the phase has.
  let codes: Set<Int>
  /// Share of filled units.
  let filled: Double

  /// Beyond it a window matches some type by chance.
  private static let mostUnknown = 4
  /// A square repeats another where this many of its units are known and alike.
  private static let fewestAlike = 3
  /// A square stands where another is foretold within this share of the side of a window.
  private static let placeTolerance = 0.25
  /// Rounds at most; the phase stops growing long before.
  private static let rounds = 64

  /// Whether each unit belongs to the phase, and how many of those that do are expected to do so by chance.
  /// - Parameter start: the squares of level 2 of windows that are surely of the phase.
  func units(from start: Set<Int>) -> (isInside: [Bool], byChance: Double) {
    var squares = start
    let known = windows.level3.map { window -> (mask: Int, code: Int) in
      var (mask, code) = (0, 0)
      for (k, unit) in window.corners.flatMap({ windows.level2[$0].corners }).enumerated()
      where unit >= 0 && isCoded[unit] {
        mask |= 1 << k
        if isFilled[unit] { code |= 1 << k }
      }
      return (mask, code)
    }
    let matches = known.map { own in
      own.mask.nonzeroBitCount >= 16 - Self.mostUnknown && codes.contains { $0 & own.mask == own.code }
    }
    for _ in 0..<Self.rounds {
      let before = squares.count
      for (number, window) in windows.level3.enumerated() where matches[number] {
        if window.corners.contains(where: squares.contains) { squares.formUnion(window.corners) }
      }
      if squares.count == before { break }
    }
    squares.formUnion(rim(of: squares).filter { isContinued($0) }.map(\.square))
    let byChance = rim(of: squares).filter { !isContinued($0) }.reduce(0.0) { sum, asked in
      let q = chance(asked)
      return sum + q / (1 - q) * Double(windows.level2[asked.square].corners.count { $0 >= 0 })
    }
    var isInside = [Bool](repeating: false, count: isCoded.count)
    for square in squares { for unit in windows.level2[square].corners where unit >= 0 { isInside[unit] = true } }
    return (isInside, byChance)
  }

  /// The squares beside each, in windows of level 3.
  private var neighbours: [Int: Set<Int>] {
    var neighbours: [Int: Set<Int>] = [:]
    for window in windows.level3 {
      for (k, square) in window.corners.enumerated() {
        neighbours[square, default: []].formUnion([window.corners[(k + 1) % 4], window.corners[(k + 3) % 4]])
      }
    }
    return neighbours
  }

  /// A square beside the phase, and those inside that it should repeat.
  private typealias Asked = (square: Int, repeated: [Int])

  /// Squares beside the phase of which it can be asked whether they continue it.
  private func rim(of squares: Set<Int>) -> [Asked] {
    let neighbours = neighbours
    let primary = windows.level2.indices.filter { windows.level2[$0].kind == 0 }
    let index = PlanarIndex(primary.map { windows.level2[$0].centre })
    let reach = Self.placeTolerance * (windows.areaPerWindow ?? 0).squareRoot()
    return primary.compactMap { square in
      guard !squares.contains(square), let around = neighbours[square] else { return nil }
      let centre = windows.level2[square].centre
      let inside = around.filter(squares.contains)
      let repeated = inside.compactMap { beside -> Int? in
        let place = centre + 2 * (windows.level2[beside].centre - centre)
        return index.neighbours(of: place, within: reach).first.map { primary[$0] }
      }.filter(squares.contains)
      return repeated.isEmpty || repeated.contains { pairs(square, $0).count < Self.fewestAlike }
        ? nil : (square, repeated)
    }
  }

  private func isContinued(_ asked: Asked) -> Bool {
    asked.repeated.allSatisfy { pairs(asked.square, $0).allSatisfy { isFilled[$0] == isFilled[$1] } }
  }

  /// Probability that independent fillings repeat what a square should.
  private func chance(_ asked: Asked) -> Double {
    pairs(asked.square, asked.repeated[0]).reduce(1.0) { $0 * (isFilled[$1.1] ? filled : 1 - filled) }
  }

  /// The units of two squares at the same corners, where both are known.
  private func pairs(_ a: Int, _ b: Int) -> [(Int, Int)] {
    zip(windows.level2[a].corners, windows.level2[b].corners).filter {
      $0 >= 0 && $1 >= 0 && isCoded[$0] && isCoded[$1]
    }
  }
}
