import Foundation
import TesseraNumerics

/// A square of the image with its columns: what a joint fit solves at once.
///
/// The columns whose start lies in the square are its own. Those around it that overlap one of its own are its guests:
/// they take part in the equations, so that pairs across a border are solved together too, but only the tile that owns
/// a column moves it. All tiles start from the same state (restricted additive Schwarz: Cai & Sarkis, SIAM J. Sci.
/// Comput. 21 (1999) 792), so they may run in parallel, and the result does not depend on how many do.
struct FitTile: Sendable {
  /// Indices of its columns: its own first, then its guests.
  var columns: [Int] = []
  /// How many of them are its own.
  var ownCount = 0
  /// Pairs of places in `columns` whose Gaussians overlap, the lower first.
  var pairs: [(first: Int, second: Int)] = []
  /// The pixels of the square.
  var x: Range<Int>
  var y: Range<Int>

  /// The centre of the square.
  var centre: Point {
    Point(Double(x.lowerBound + x.upperBound - 1) / 2, Double(y.lowerBound + y.upperBound - 1) / 2)
  }
}
