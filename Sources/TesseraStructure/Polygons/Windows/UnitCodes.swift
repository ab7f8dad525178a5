import TesseraNumerics

/// The windows of one level as units and bits: what is encoded, counted and permuted.
///
/// A window's type is 1 + Σ bₖ 2ᵏ, where bₖ is 1 if the unit at its corner k is filled: 1 ... 16 at level 2. A window of level 3 has
/// 16 bits, those of its four windows of level 2 in the order of its corners: 1 ... 65,536. Orientation counts ([M22] Fig. S27). A
/// window with a partly filled unit has no type.
package struct UnitCodes: Sendable {
  /// 2 or 3.
  package let level: Int
  package var bits: Int { level == 2 ? 4 : 16 }
  package var types: Int { 1 << bits }
  /// Windows that have a type: their numbers among all of the level, and `bits` units each.
  package let windows: [Int]
  package let units: [Int32]
  /// Windows that hold a partly filled or unknown unit.
  package let leftOut: Int
  /// The disjoint windows, as positions in `windows`: one set at level 2, one for each of the four origins at level 3.
  package let disjoint: [[Int]]

  /// - Parameters:
  ///   - level: of the windows: 2 or 3.
  ///   - net: the windows of the units.
  ///   - isCoded: whether each unit is empty or filled, and so has a bit.
  package init(level: Int, of net: UnitWindows, isCoded: [Bool]) {
    self.level = level
    let all = level == 2 ? net.level2.map(\.corners) : net.level3.map { $0.corners.flatMap { net.level2[$0].corners } }
    let windows = all.indices.filter { number in all[number].allSatisfy { $0 >= 0 && isCoded[$0] } }
    units = windows.flatMap { all[$0].map(Int32.init) }
    leftOut = all.count - windows.count
    if level == 2 {
      disjoint = [windows.indices.filter { net.level2[windows[$0]].kind == 0 }]
    } else {
      disjoint = (0..<4).map { origin in
        windows.indices.filter { position in
          net.level3[windows[position]].place.map { ($0.i & 1) + 2 * ($0.j & 1) == origin } ?? false
        }
      }
    }
    self.windows = windows
  }

  /// The type of each window less one, for these fillings.
  package func codes(isFilled: [Bool]) -> [Int] {
    let bits = bits
    return windows.indices.map { window in
      var code = 0
      for k in 0..<bits where isFilled[Int(units[window * bits + k])] { code |= 1 << k }
      return code
    }
  }

  /// How often each type occurs, among all windows or some.
  package func counts(_ codes: [Int], of subset: [Int]? = nil) -> [Int] {
    var counts = [Int](repeating: 0, count: types)
    if let subset {
      for window in subset { counts[codes[window]] += 1 }
    } else {
      for code in codes { counts[code] += 1 }
    }
    return counts
  }

  /// Of the sets of disjoint windows the one of the lowest entropy: its number, counts and entropy.
  package func bestDisjoint(_ codes: [Int]) -> (set: Int, counts: [Int], entropy: Double) {
    let sets = disjoint.indices.map { set -> (set: Int, counts: [Int], entropy: Double) in
      let counts = counts(codes, of: disjoint[set])
      let entropy = CodeEntropy.plugIn(counts)
      return (set, counts, entropy.isFinite ? entropy : .infinity)
    }
    return sets.min { ($0.entropy, $0.set) < ($1.entropy, $1.set) }!
  }

  /// A type as letters in the order of the corners: E empty, F filled.
  package static func pattern(ofType type: Int, bits: Int) -> String {
    (0..<bits).map { ((type - 1) >> $0) & 1 == 1 ? "F" : "E" }.joined()
  }
}
