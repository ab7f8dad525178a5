import TesseraNumerics

/// Random partners for all points at once: in one draw the point at place i meets the one at place i + o (mod n), for
/// one random o that all points share. Because places are a random order of the points, each partner is a uniform one;
/// because they lie side by side, eight points meet theirs without a look-up.
///
/// Partners that are neighbours do not repel. There are about deg of them among the n pairs of a draw; they are listed
/// by o and taken out again.
struct ShiftedDraws: Sendable {
  /// Draws a point makes in a sweep.
  static let count = 32

  private let vertices: Int
  /// Degree of each vertex, repeated like the positions.
  private let degrees: [Float]
  /// The vertices i with a neighbour i + o are `near[nearStarts[o] ..< nearStarts[o + 1]]`, rising.
  private let near: [Int32]
  private let nearStarts: [Int]

  init(_ graph: NeighbourGraph) {
    let n = graph.count
    vertices = n
    var starts = [Int](repeating: 0, count: n + 1)
    func offset(_ i: Int, _ j: Int32) -> Int { (Int(j) - i + n) % n }
    for i in 0..<n { for edge in graph.edges(of: i) { starts[offset(i, graph.ends[edge]) + 1] += 1 } }
    for o in 0..<n { starts[o + 1] += starts[o] }
    nearStarts = starts
    var near = [Int32](repeating: 0, count: graph.ends.count)
    for i in 0..<n {
      for edge in graph.edges(of: i) {
        let o = offset(i, graph.ends[edge])
        near[starts[o]] = Int32(i)
        starts[o] += 1
      }
    }
    self.near = near
    degrees = Self.repeated((0..<n).map { Float(graph.edges(of: $0).count) })
  }

  /// Values repeated from the beginning, so that eight places from i + o on can be read for all i and o.
  func repeated<Value>(_ values: [Value]) -> [Value] { Self.repeated(values) }

  private static func repeated<Value>(_ values: [Value]) -> [Value] {
    values.isEmpty ? [] : (0..<2 * values.count + 8).map { values[$0 % values.count] }
  }

  /// What one draw stands for, in draws of the published rule a point makes per neighbour: those rules draw i itself
  /// once in n times, in vain; here o is never 0.
  var weight: Float { Float(vertices - 1) / Float(vertices) / Float(Self.count) }

  /// Offsets for one sweep, each in 1 ..< n.
  func offsets(_ random: inout RandomSource) -> [Int] {
    (0..<Self.count).map { _ in 1 + random.index(below: vertices - 1) }
  }

  /// Σ over the draws of (degᵢ + degⱼ) fᵣ (yᵢ - yⱼ), clipped before the degrees, for a range of places that begins at
  /// a multiple of eight.
  @inline(__always) func pushes(
    on range: Range<Int>, at points: UnsafeBufferPointer<SIMD2<Float>>, offsets: [Int], law: ForceTerm, clip: Float
  ) -> [SIMD2<Float>] {
    var result = [SIMD2<Float>](repeating: .zero, count: (range.count + 7) / 8 * 8)
    // The positions and degrees of eight places from any i + o on lie within the repeated arrays.
    let places = UnsafeRawPointer(points.baseAddress!)
    degrees.withUnsafeBytes { degrees in
      for first in stride(from: range.lowerBound, to: range.upperBound, by: 8) {
        let here = places.loadUnaligned(fromByteOffset: 8 * first, as: SIMD16<Float>.self)
        let (x, y) = (here.evenHalf, here.oddHalf)
        let degree = degrees.loadUnaligned(fromByteOffset: 4 * first, as: SIMD8<Float>.self)
        var (sumX, sumY) = (SIMD8<Float>.zero, SIMD8<Float>.zero)
        for offset in offsets {
          let there = places.loadUnaligned(fromByteOffset: 8 * (first + offset), as: SIMD16<Float>.self)
          let weight =
            degree + degrees.loadUnaligned(fromByteOffset: 4 * (first + offset), as: SIMD8<Float>.self)
          let (dx, dy) = (x - there.evenHalf, y - there.oddHalf)
          let force = law.values(at: dx * dx + dy * dy)
          sumX += weight * limited(force * dx, clip)
          sumY += weight * limited(force * dy, clip)
        }
        for lane in 0..<8 { result[first - range.lowerBound + lane] = SIMD2(sumX[lane], sumY[lane]) }
      }
    }
    for offset in offsets {
      for place in firstNear(range.lowerBound, offset)..<nearStarts[offset + 1] {
        let i = Int(near[place])
        guard i < range.upperBound else { break }
        let difference = points[i] - points[i + offset]
        let force = law.values(at: SIMD8(repeating: (difference * difference).sum()))[0]
        let push = (force * difference).clamped(lowerBound: SIMD2(repeating: -clip), upperBound: SIMD2(repeating: clip))
        result[i - range.lowerBound] -= (degrees[i] + degrees[i + offset]) * push
      }
    }
    return result
  }

  /// Place in `near` of the first vertex of an offset's list that is not below `vertex`.
  private func firstNear(_ vertex: Int, _ offset: Int) -> Int {
    var (low, high) = (nearStarts[offset], nearStarts[offset + 1])
    while low < high {
      let middle = (low + high) / 2
      if near[middle] < vertex { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
