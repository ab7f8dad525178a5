import TesseraNumerics

extension WhitenedTable {
  /// The scatter is that of the members from so many of them per component on; its eigenvalues, of which chance makes some too small, are then
  /// right within a factor of 2 (those of white noise lie within (1 ± √(1 / 10))² of the true ones: Marchenko & Pastur).
  private static let membersPerComponent = 10.0
  /// Of the noise's variance: what is added so that a direction without scatter does not stand for all.
  private static let leastScatter = 0.05

  /// What lies between two groups of rows, neither of which is narrower than the noise.
  func gap(between a: [Int], and b: [Int]) -> Gap {
    let (meanA, meanB) = (mean(of: a), mean(of: b))
    let d = components
    // Within-class scatter, drawn towards the noise's unit sphere as far as there are few members to know it from.
    let total = a.count + b.count
    let (ca, cb) = (covariance(of: a, about: meanA), covariance(of: b, about: meanB))
    let shrink = min(1, Self.membersPerComponent * Double(d) / Double(total))
    var scatter = Matrix<Double>(rows: d, columns: d, filling: 0)
    for i in 0..<d {
      for j in 0..<d {
        let pooled = (Double(a.count) * ca[i, j] + Double(b.count) * cb[i, j]) / Double(total)
        scatter[i, j] = (1 - shrink) * pooled + (i == j ? shrink * max(1, pooled) + Self.leastScatter : 0)
      }
    }
    func projected(_ rows: [Int], _ direction: [Double]) -> [Double] {
      rows.map { row in
        var sum = 0.0
        for j in 0..<d { sum += direction[j] * values[row, j] }
        return sum
      }
    }
    return Gap(difference: zip(meanB, meanA).map { $0 - $1 }, scatter: scatter, leastDeviation: 1) { direction in
      (projected(a, direction), projected(b, direction))
    }
  }
}
