import Foundation
import TesseraNumerics

/// Columns of the Cairo tiling and the middles of its pentagons, made apart from the simulator.
struct CairoNet {
  var walls: [Point] = []
  var middles: [Point] = []

  /// - Parameters:
  ///   - cells: along each axis.
  ///   - side: of the cell, in pixels.
  ///   - jitter: standard deviation of each column's place along each axis, in pixels.
  init(cells: Int, side: Double = 50, angle: Double = 0, jitter: Double = 0, seed: UInt64 = 1) {
    var random = RandomSource(seed: seed)
    let x = (7.0.squareRoot() - 1) / 12
    let c = (1 - x) / 5
    let corners = [
      Point(0, 0), Point(0.5, 0.5), Point(x, x + 0.5), Point(1 - x, 0.5 - x), Point(0.5 - x, x), Point(0.5 + x, 1 - x),
    ]
    let centres = [Point(c, 0.5 - c), Point(c - 0.5, c), Point(-c, c - 0.5), Point(0.5 - c, -c)]
    func placed(_ p: Point, _ i: Int, _ j: Int) -> Point {
      let shift = Point(random.gaussian(), random.gaussian()) * jitter
      return ((p + Point(Double(i), Double(j))) * side).rotated(by: angle) + shift
    }
    for j in 0..<cells {
      for i in 0..<cells {
        walls += corners.map { placed($0, i, j) }
        middles += centres.map { placed($0, i, j) }
      }
    }
  }
}
