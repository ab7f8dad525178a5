import TesseraNumerics

/// k-means: the given number of centres that leaves the least sum of squared distances, from several starts.
///
/// Source: Lloyd, IEEE Trans. Inf. Theory 28 (1982) 129; starts by Arthur & Vassilvitskii's k-means++ (SODA 2007).
public struct KMeans: Sendable, Codable, Equatable {
  /// Centres wanted, 1 or more; at most as many as there are samples are made.
  public var count = 2
  /// Starts, of which the best result is kept; 1 or more.
  public var restarts = 10
  /// Largest number of steps of one start.
  public var stepLimit = 300
  /// A start ends when its centres move by less than this times the root mean variance of the columns; 0 or more.
  public var tolerance = 1e-4
  /// k-means with two centres.
  public init() {}
  /// k-means with this number of centres, 1 or more.
  public init(count: Int) { self.count = count }

  /// Centres and what is needed to judge them.
  public struct Fit: Sendable, Codable, Equatable {
    /// One centre a row.
    public let centres: Matrix<Double>
    /// The centre nearest to each sample (ties: the first).
    public let assignment: [Int]
    /// Sum of squared distances of the samples to their centres.
    public let inertia: Double
    /// Steps that the best start took.
    public let steps: Int
  }

  /// The classes of a table; the confidence of a sample is 1 - a / b for the distances a and b to the nearest and the
  /// second centre.
  public func classes(of features: Matrix<Float>, seed: UInt64) throws -> Classes {
    let result = try fit(features, seed: seed)
    let confidence = (0..<features.rows).map { row -> Double in
      let squares = (0..<result.centres.rows).map { squaredDistance(features, row, result.centres, $0) }.sorted()
      guard squares.count > 1, squares[1] > 0 else { return 1 }
      return 1 - (squares[0] / squares[1]).squareRoot()
    }
    return Classes(grouping: result.assignment, confidence: confidence)
  }

  /// The classes of a layout.
  public func classes(of layout: Layout, seed: UInt64) throws -> Classes {
    try classes(of: layout.table, seed: seed)
  }

  /// The best of all starts. O(n k d) a step.
  public func fit(_ features: Matrix<Float>, seed: UInt64) throws -> Fit {
    try require(count >= 1, "the number of centres", is: count, mustBe: "1 or more")
    try require(restarts >= 1, "the number of starts", is: restarts, mustBe: "1 or more")
    try require(stepLimit >= 1, "the number of steps", is: stepLimit, mustBe: "1 or more")
    guard features.rows > 0, features.columns > 0 else { throw DataError("k-means needs a sample") }
    let mean = columnMeans(of: features)
    guard mean.allSatisfy(\.isFinite) else {
      throw DataError("k-means needs finite numbers; a feature is infinite or not a number")
    }
    // Centred, so that squared distances from products keep their digits.
    let table = centred(features, mean)
    let variance = table.values.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(table.values.count)
    let limit = tolerance * tolerance * variance
    var best: Fit?
    for start in 0..<restarts {
      try StopSignal.check()
      var random = RandomSource(seed: seed, stream: UInt64(start))
      let fit = try refined(plusPlusCentres(table, count: min(count, table.rows), random: &random), table, limit)
      if best == nil || fit.inertia < best!.inertia { best = fit }
    }
    var centres = best!.centres
    for row in 0..<centres.rows { for column in 0..<centres.columns { centres[row, column] += mean[column] } }
    return Fit(centres: centres, assignment: best!.assignment, inertia: best!.inertia, steps: best!.steps)
  }

  private func refined(_ start: Matrix<Double>, _ table: Matrix<Float>, _ limit: Double) throws -> Fit {
    var centres = start
    var nearest = NearestCentres(table, centres)
    for step in 1...stepLimit {
      try StopSignal.check()
      let moved = nearest.meanCentres(of: table, keeping: centres)
      let change = zip(moved.values, centres.values).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
      centres = moved
      nearest = NearestCentres(table, centres)
      if change <= limit || step == stepLimit {
        return Fit(centres: centres, assignment: nearest.assignment, inertia: nearest.inertia, steps: step)
      }
    }
    return Fit(centres: centres, assignment: nearest.assignment, inertia: nearest.inertia, steps: stepLimit)
  }
}

/// Centres drawn one after the other from the samples, each with a probability proportional to the squared distance to
/// the nearest of those before it.
func plusPlusCentres(_ table: Matrix<Float>, count: Int, random: inout RandomSource) -> Matrix<Double> {
  var chosen = [random.index(below: table.rows)]
  var distances = [Double](repeating: .infinity, count: table.rows)
  while chosen.count < count {
    let centre = Matrix(rows: 1, columns: table.columns, values: table.row(chosen.last!).map { Double($0) })
    for row in 0..<table.rows { distances[row] = min(distances[row], squaredDistance(table, row, centre, 0)) }
    var rest = random.uniform() * distances.reduce(0, +)
    // The last sample of positive distance takes what rounding leaves over; equal samples leave only zeros.
    var pick = distances.lastIndex { $0 > 0 } ?? random.index(below: table.rows)
    for (row, distance) in distances.enumerated() where distance > 0 {
      rest -= distance
      if rest < 0 {
        pick = row
        break
      }
    }
    chosen.append(pick)
  }
  return table.selecting(rows: chosen).map { Double($0) }
}

func squaredDistance(_ table: Matrix<Float>, _ row: Int, _ centres: Matrix<Double>, _ centre: Int) -> Double {
  let (a, b) = (row * table.columns, centre * table.columns)
  var sum = 0.0
  for column in 0..<table.columns {
    let difference = Double(table.values[a + column]) - centres.values[b + column]
    sum += difference * difference
  }
  return sum
}

/// The centre nearest to each sample.
private struct NearestCentres {
  let assignment: [Int]
  let inertia: Double

  init(_ table: Matrix<Float>, _ centres: Matrix<Double>) {
    let products = table.times(centres.map { Float($0) }, transposingRight: true)
    let halves = (0..<centres.rows).map { row in Float(centres.row(row).reduce(0) { $0 + $1 * $1 } / 2) }
    let parts = concurrentMap(chunksOf: 1024, of: table.rows) { rows -> (nearest: [Int], inertia: Double) in
      var (nearest, sum) = ([Int](), 0.0)
      for row in rows {
        var best = 0
        for centre in 1..<max(1, halves.count)
        where products[row, centre] - halves[centre] > products[row, best] - halves[best] { best = centre }
        nearest.append(best)
        sum += squaredDistance(table, row, centres, best)
      }
      return (nearest, sum)
    }
    assignment = parts.flatMap(\.nearest)
    inertia = parts.reduce(0) { $0 + $1.inertia }
  }

  /// The mean of each centre's samples; a centre without samples stays where it is.
  func meanCentres(of table: Matrix<Float>, keeping centres: Matrix<Double>) -> Matrix<Double> {
    var sums = Matrix<Double>(rows: centres.rows, columns: table.columns, filling: 0)
    var sizes = [Double](repeating: 0, count: centres.rows)
    for (row, centre) in assignment.enumerated() {
      sizes[centre] += 1
      let (from, to) = (row * table.columns, centre * table.columns)
      for column in 0..<table.columns { sums.values[to + column] += Double(table.values[from + column]) }
    }
    for centre in 0..<centres.rows {
      for column in 0..<table.columns {
        let place = centre * table.columns + column
        sums.values[place] = sizes[centre] > 0 ? sums.values[place] / sizes[centre] : centres.values[place]
      }
    }
    return sums
  }
}
