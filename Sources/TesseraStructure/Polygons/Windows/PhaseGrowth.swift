import TesseraNumerics

/// Grows an ordered phase from the windows that are surely of it to where it ends.
///
/// A window with a partly filled unit has no type, and of the cells at the rim only those belong to a window that is wholly inside: both
/// are lost to the phase although the rest of their units continues it. So two kinds of place join:
///
/// 1. windows beside the phase whose known units are those of one of its types, up to `mostUnknown` of sixteen being unknown;
/// 2. squares of four units beside the phase that repeat those two squares away inside it, along every direction in which it lies.
struct PhaseGrowth {
  let windows: UnitWindows
  let isCoded, isFilled: [Bool]
  /// Codes of level 3 that the phase has.
  let codes: Set<Int>

  /// Beyond it a window matches some type by chance.
  private static let mostUnknown = 4
  /// A square repeats another where this many of its units are known and alike.
  private static let fewestAlike = 3
  /// Rounds at most; the phase stops growing long before.
  private static let rounds = 64

  /// Whether each unit belongs to the phase.
  /// - Parameter start: the squares of level 2 of windows that are surely of the phase.
  func units(from start: Set<Int>) -> [Bool] {
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
    squares.formUnion(rim(of: squares))
    var isInside = [Bool](repeating: false, count: isCoded.count)
    for square in squares { for unit in windows.level2[square].corners where unit >= 0 { isInside[unit] = true } }
    return isInside
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

  /// Squares beside the phase that continue it.
  private func rim(of squares: Set<Int>) -> [Int] {
    let neighbours = neighbours
    let primary = windows.level2.indices.filter { windows.level2[$0].kind == 0 }
    let index = PlanarIndex(primary.map { windows.level2[$0].centre })
    let reach = 0.25 * (windows.areaPerWindow ?? 0).squareRoot()
    return primary.filter { square in
      guard !squares.contains(square), let around = neighbours[square] else { return false }
      let centre = windows.level2[square].centre
      let inside = around.filter(squares.contains)
      let repeated = inside.compactMap { beside -> Int? in
        let place = centre + 2 * (windows.level2[beside].centre - centre)
        return index.neighbours(of: place, within: reach).first.map { primary[$0] }
      }.filter(squares.contains)
      return !repeated.isEmpty && repeated.allSatisfy { isAlike(square, $0) }
    }
  }

  private func isAlike(_ a: Int, _ b: Int) -> Bool {
    let pairs = zip(windows.level2[a].corners, windows.level2[b].corners).filter {
      $0 >= 0 && $1 >= 0 && isCoded[$0] && isCoded[$1]
    }
    return pairs.count >= Self.fewestAlike && pairs.allSatisfy { isFilled[$0] == isFilled[$1] }
  }
}
