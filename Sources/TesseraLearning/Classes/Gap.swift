import Foundation
import TesseraNumerics

/// What lies between two groups of rows, seen along the direction that separates them best (Fisher's discriminant).
struct Gap: Sendable {
  /// Distance of both means over the pooled standard deviation, neither below the noise's.
  let separation: Double
  /// Density half way between the means over the density in the middle of the sparser group: 0, an empty gap; about 1
  /// or more, none.
  let valley: Double

  /// The scatter is that of the members from so many of them per component on; its eigenvalues, of which chance makes some too small, are then
  /// right within a factor of 2 (those of white noise lie within (1 ± √(1 / 10))² of the true ones: Marchenko & Pastur).
  private static let membersPerComponent = 10.0
  /// Of the noise's variance: what is added so that a direction without scatter does not stand for all.
  private static let leastScatter = 0.05
  /// A window of a fifth of the way between the means, wide enough to hold rows of a sparse group and narrower than a gap that counts, is moved in so
  /// many steps over the middle three fifths: beyond these lie the groups themselves.
  private static let (windowsBetween, firstWindow, windowTravel, windowSteps) = (5.0, 0.2, 0.4, 6)

  init(between a: [Int], and b: [Int], in table: WhitenedTable) {
    let (meanA, meanB) = (table.mean(of: a), table.mean(of: b))
    let d = table.components
    let difference = zip(meanB, meanA).map { $0 - $1 }
    // Within-class scatter, drawn towards the noise's unit sphere as far as there are few members to know it from.
    let total = a.count + b.count
    let (ca, cb) = (table.covariance(of: a, about: meanA), table.covariance(of: b, about: meanB))
    let shrink = min(1, Self.membersPerComponent * Double(d) / Double(total))
    var scatter = Matrix<Double>(rows: d, columns: d, filling: 0)
    for i in 0..<d {
      for j in 0..<d {
        let pooled = (Double(a.count) * ca[i, j] + Double(b.count) * cb[i, j]) / Double(total)
        scatter[i, j] = (1 - shrink) * pooled + (i == j ? shrink * max(1, pooled) + Self.leastScatter : 0)
      }
    }
    let direction = scatter.solvedPositive(difference) ?? difference
    let length = direction.reduce(0) { $0 + $1 * $1 }.squareRoot()
    guard length > 0 else {
      (separation, valley) = (0, 1)
      return
    }
    func projected(_ rows: [Int]) -> [Double] {
      rows.map { row in
        var sum = 0.0
        for j in 0..<d { sum += direction[j] * table.values[row, j] }
        return sum / length
      }
    }
    let (pa, pb) = (projected(a), projected(b))
    let (ma, mb) = (Statistics.mean(pa), Statistics.mean(pb))
    let (sa, sb) = (max(1, Statistics.deviation(pa)), max(1, Statistics.deviation(pb)))
    let pooled = ((Double(a.count) * sa * sa + Double(b.count) * sb * sb) / Double(total)).squareRoot()
    separation = abs(mb - ma) / pooled
    // The gap runs from the nearer flank of one group to that of the other; its fifth with the fewest rows counts,
    // since groups of different width do not meet half way.
    let (low, high) = (min(ma, mb), max(ma, mb))
    let width = (high - low) / Self.windowsBetween
    var least = Double.infinity
    for step in 0...Self.windowSteps {
      let from = low + (high - low) * (Self.firstWindow + Self.windowTravel * Double(step) / Double(Self.windowSteps))
      let inside = pa.count { $0 >= from && $0 < from + width } + pb.count { $0 >= from && $0 < from + width }
      least = min(least, Double(inside) / width)
    }
    func core(_ values: [Double], _ mean: Double, _ sigma: Double) -> Double {
      Double(values.count { abs($0 - mean) < sigma }) / (2 * sigma)
    }
    valley = least / max(min(core(pa, ma, sa), core(pb, mb, sb)), 1e-12)
  }
}
