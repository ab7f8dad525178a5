import Foundation
import TesseraNumerics

extension Crystal {
  /// One column of weight 1 a cell, named as the crystal is.
  /// - Parameters:
  ///   - a: shorter lattice vector in nm.
  ///   - ratio: length of the other one, in lengths of the first.
  ///   - degrees: angle between both.
  static func bravais(_ name: String, a: Double, ratio: Double, degrees: Double) -> Crystal {
    let gamma = degrees * .pi / 180
    return Crystal(
      name: name, a: Point(a, 0), b: a * ratio * Point(cos(gamma), sin(gamma)),
      columns: [CrystalColumn(place: .zero, atoms: [name], sublattice: name, weight: 1)], vacancySublattices: [name])
  }

  /// The same for a cell of a given area, in square nm, so that different lattices have one density of columns.
  static func bravais(_ name: String, area: Double, ratio: Double, degrees: Double) -> Crystal {
    bravais(name, a: (area / (ratio * sin(degrees * .pi / 180))).squareRoot(), ratio: ratio, degrees: degrees)
  }
}
