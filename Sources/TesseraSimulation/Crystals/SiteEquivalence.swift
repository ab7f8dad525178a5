import Foundation
import TesseraNumerics

/// Which columns of a perfect crystal look alike: names for their surroundings.
///
/// Two columns of one species are told apart by a descriptor that keeps directions if their surroundings differ, and
/// by a rotation-invariant one only if no rotation or reflection takes one into the other.
struct SiteEquivalence {
  /// Name of each column of the cell for rotation-invariant descriptors: the species, with `#1`, `#2`, ... where
  /// surroundings differ.
  let invariant: [String]
  /// Name for descriptors that keep directions: the invariant name, with `'a`, `'b`, ... where directions differ.
  let oriented: [String]

  /// - Parameter radius: how far the surroundings reach, in nm.
  init(of crystal: Crystal, radius: Double) {
    let surroundings = crystal.columns.indices.map { index in
      crystal.neighbours(of: index, within: radius).map {
        Neighbour(offset: $0.offset, weight: crystal.columns[$0.column].weight)
      }
    }
    // A hundredth of the distance to the nearest neighbour: above rounding, below any distortion worth a name.
    let nearest = surroundings.flatMap { $0 }.map(\.offset.length).min() ?? 1
    let tolerance = 0.01 * nearest
    let species = crystal.columns.map(\.species)
    let shapes = group(species.indices) { one, other in
      species[one] == species[other]
        && isCongruent(surroundings[one], surroundings[other], tolerance: tolerance)
    }
    let exact = group(species.indices) { one, other in
      shapes[one] == shapes[other] && isSame(surroundings[one], surroundings[other], tolerance: tolerance)
    }
    let invariant = numbered(species, by: shapes) { "#\($0 + 1)" }
    self.invariant = invariant
    oriented = numbered(invariant, by: exact) { "'\(UnicodeScalar(UInt8(97 + min($0, 25))))" }
  }
}

private struct Neighbour {
  var offset: Point
  var weight: Double
}

/// The index of the first equivalent member, for each member.
private func group(_ members: Range<Int>, _ alike: (Int, Int) -> Bool) -> [Int] {
  members.map { member in members.first { $0 == member || alike($0, member) }! }
}

/// Adds a suffix to names that several groups share.
private func numbered(_ names: [String], by groups: [Int], _ suffix: (Int) -> String) -> [String] {
  names.indices.map { index in
    let rivals = Set(groups.indices.filter { names[$0] == names[index] }.map { groups[$0] }).sorted()
    return rivals.count < 2 ? names[index] : names[index] + suffix(rivals.firstIndex(of: groups[index])!)
  }
}

private func isSame(_ one: [Neighbour], _ other: [Neighbour], tolerance: Double) -> Bool {
  one.count == other.count
    && one.allSatisfy { neighbour in
      other.contains {
        ($0.offset - neighbour.offset).length < tolerance && abs($0.weight - neighbour.weight) < 1e-9 * $0.weight
      }
    }
}

/// Whether a rotation, with or without a reflection, takes one set of neighbours into the other.
private func isCongruent(_ one: [Neighbour], _ other: [Neighbour], tolerance: Double) -> Bool {
  guard one.count == other.count, let first = one.first else { return one.count == other.count }
  for mirrored in [false, true] {
    let image = one.map {
      Neighbour(offset: mirrored ? Point($0.offset.x, -$0.offset.y) : $0.offset, weight: $0.weight)
    }
    for target in other where abs(target.offset.length - first.offset.length) < tolerance {
      let turn = target.offset.angle - image[0].offset.angle
      let turned = image.map { Neighbour(offset: $0.offset.rotated(by: turn), weight: $0.weight) }
      if isSame(turned, other, tolerance: tolerance) { return true }
    }
  }
  return false
}
