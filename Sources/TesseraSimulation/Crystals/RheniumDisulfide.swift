import Foundation
import TesseraNumerics

extension Crystal {
  /// ReS2 monolayer, 1T'' : in every cell of 2 x 2 octahedra four Re draw together into a diamond, and the diamonds
  /// link into chains along a + b. a = .6352 nm, b = .6446 nm, γ = 118.97°. Source of the cell: Lamfers et al.,
  /// J. Alloys Compd. 241 (1996) 34.
  ///
  /// The places are a model, not a refinement: each diamond shrinks to nine tenths about its middle and its acute corners
  /// move by a twentieth of (a + b)/2 towards the next diamond of the chain, which gives Re-Re bonds of .28 to .30 nm, as
  /// measured; each S sits over the middle of its three Re.
  public static let res2: Crystal = {
    // Corners of the diamond in fractions of a and b: obtuse, acute, acute, obtuse; its middle is (1/4, 1/4).
    let ideal = [Point(0, 0), Point(0.5, 0), Point(0, 0.5), Point(0.5, 0.5)]
    let slides = [Point.zero, Point(-0.025, -0.025), Point(0.025, 0.025), .zero]
    let middle = Point(0.25, 0.25)
    let rhenium = zip(ideal, slides).map { middle + 0.9 * ($0 - middle) + $1 }
    var columns = rhenium.enumerated().map { index, place in
      CrystalColumn(place.x, place.y, ["Re"], sublattice: "Re\(index + 1)")
    }
    // Upper and lower S of an octahedral layer: the middles of the triangles that point one way and the other.
    for (side, offset) in [("top", Point(1.0 / 6, 1.0 / 3)), ("bottom", Point(1.0 / 3, 1.0 / 6))] {
      for corner in ideal {
        let place = corner + offset
        // The three Re of a triangle are those at half a cell, in fractions, that are nearest to its middle.
        var triangle: [(distance: Double, place: Point)] = []
        for (index, home) in ideal.enumerated() {
          for i in -1...1 {
            for j in -1...1 {
              let away = home + Point(Double(i), Double(j)) - place
              // Squared length for lattice vectors of equal length at 120 degrees.
              let distance = away.x * away.x + away.y * away.y - away.x * away.y
              triangle.append((distance, rhenium[index] + Point(Double(i), Double(j))))
            }
          }
        }
        triangle.sort { $0.distance < $1.distance }
        let sulfur = (triangle[0].place + triangle[1].place + triangle[2].place) / 3
        columns.append(CrystalColumn(sulfur.x, sulfur.y, ["S"], sublattice: "S-\(side)"))
      }
    }
    let gamma = 118.97 * Double.pi / 180
    return Crystal(
      name: "res2", a: Point(0.6352, 0), b: 0.6446 * Point(cos(gamma), sin(gamma)), columns: columns,
      vacancySublattices: ["S-top", "S-bottom"], dopantSublattices: ["Re1", "Re2", "Re3", "Re4"])
  }()
}
