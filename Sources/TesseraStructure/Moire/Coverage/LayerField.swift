import Foundation
import TesseraImaging
import TesseraNumerics

/// How one hexagonal lattice is turned and strained from place to place: it bends evenly, it is two grains, or neither is seen.
///
/// In windows that overlap by half, the lattice that stands out most is fitted (`LayerFit`). A bend changes its turn and strain evenly across
/// the image, as planes; two grains have two values of each. The account that leaves less over is taken, where what it explains is wide
/// enough to be seen in the spectrum of the whole image.
struct LayerField {
  /// What the windows show.
  enum Account: Equatable {
    /// The turn changes evenly from one end of the image to the other by so many radians, and strain by so much, the largest component.
    case bent(turn: Double, strain: Double)
    /// Two lattices side by side, turned against each other by so many radians; the smaller one has this share of the windows.
    case grains(turn: Double, share: Double)
  }

  /// Windows along the shorter side of the image, were they side by side.
  private static let perSide = 6.0
  /// And at least so many lattice constants across: in fewer a lattice has no peaks.
  private static let fewestConstants = 6.0
  /// The windows of which a lattice is known, at least: fewer leave four planes of three numbers nothing to say.
  private static let fewestWindows = 16
  /// And this part of all of them: else most of the image is no lattice.
  private static let leastKnown = 0.5
  /// By this many coefficients of the spectrum of the whole image, at the third shell, the lattice differs at least: within one no wave
  /// comes out of step with itself.
  private static let leastChange = 1.0
  /// Of the squares of all values about their means, so much is left over at most by an account that is taken.
  private static let mostLeft = 0.3

  /// Nil where neither account holds.
  let account: Account?

  /// - Parameters:
  ///   - image: without its slow changes.
  ///   - first: the lattice that is seen in all of it.
  ///   - seeker: finds lattices in the spectrum of a window.
  ///   - pixel: width and height of a pixel in one unit.
  init(of image: Raster<Float>, like first: LayerLattice, seeker: SecondLayer, pixel: Point) {
    let shorter = min(image.width, image.height)
    let wanted = max(Double(shorter) / Self.perSide, Self.fewestConstants * first.constant)
    let side = min(shorter, Int(saturating: wanted.rounded(.up)))
    func corners(_ length: Int) -> [Int] {
      let count = 1 + 2 * (length - side) / side
      return (0..<count).map { count > 1 ? $0 * (length - side) / (count - 1) : 0 }
    }
    let places = corners(image.height).flatMap { y in corners(image.width).map { (x: $0, y: y) } }
    let found = concurrentMap(count: places.count) { index -> [Double]? in
      let window = image.cropped(x: places[index].x, y: places[index].y, width: side, height: side)
      guard let start = seeker.clearestOfAny(in: window, like: first),
        let fit = LayerFit().fit(window, from: [start])
      else { return nil }
      let twist = Twist(
        from: first, to: Twist.named(fit.lattices[0], like: first, pixel: pixel), pixel: pixel)
      return [twist.angle, twist.exx, twist.eyy, twist.exy]
    }
    let known = found.indices.filter { found[$0] != nil }
    guard known.count >= Self.fewestWindows, Double(known.count) >= Self.leastKnown * Double(places.count) else {
      account = nil
      return
    }
    let middles = known.map { Point(Double(places[$0].x), Double(places[$0].y)) }
    let quantities = (0..<4).map { quantity in known.map { found[$0]![quantity] } }
    // A turn by one radian moves the third shell by so many coefficients.
    let least = Self.leastChange / (2 * first.length * Double(max(image.width, image.height)))
    let total = quantities.reduce(0) { $0 + Self.squares(of: $1) }
    let bend = Self.bend(quantities, at: middles)
    let grains = Self.grains(quantities)
    let best = min(bend?.left ?? .infinity, grains.left)
    guard best <= Self.mostLeft * total else {
      account = nil
      return
    }
    if let bend, bend.left <= grains.left {
      account =
        max(bend.turn, bend.strain) >= least ? .bent(turn: bend.turn, strain: bend.strain) : nil
    } else {
      account = grains.turn >= least ? .grains(turn: grains.turn, share: grains.share) : nil
    }
  }

  private static func squares(of values: [Double]) -> Double {
    let mean = Statistics.mean(values)
    return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
  }

  /// Planes through all quantities: the sum of the squares that they leave over, and by how much they change between the farthest windows.
  private static func bend(_ quantities: [[Double]], at places: [Point]) -> (
    left: Double, turn: Double, strain: Double
  )? {
    let weights = [Double](repeating: 1, count: places.count)
    var (left, ranges) = (0.0, [Double]())
    for values in quantities {
      guard let plane = WeightedPlane(values, at: places, weights: weights) else { return nil }
      left += plane.residuals(values, at: places).reduce(0) { $0 + $1 * $1 }
      let fitted = places.map { plane.level + plane.slope.dot($0) }
      ranges.append((fitted.max() ?? 0) - (fitted.min() ?? 0))
    }
    return (left, ranges[0], ranges[1...].max() ?? 0)
  }

  /// Two values of each quantity: the division by one of them that leaves least over of all.
  private static func grains(_ quantities: [[Double]]) -> (left: Double, turn: Double, share: Double) {
    let count = quantities[0].count
    var best = (left: Double.infinity, turn: 0.0, share: 0.0)
    for key in quantities {
      let order = key.indices.sorted { (key[$0], $0) < (key[$1], $1) }
      for cut in 1..<count {
        let parts = [order[..<cut], order[cut...]]
        let left = quantities.reduce(0) { sum, values in
          sum + parts.reduce(0) { part, members in part + squares(of: members.map { values[$0] }) }
        }
        guard left < best.left else { continue }
        let turns = parts.map { members in Statistics.median(members.map { quantities[0][$0] }) }
        best = (left, abs(turns[1] - turns[0]), Double(min(cut, count - cut)) / Double(count))
      }
    }
    return best
  }
}
