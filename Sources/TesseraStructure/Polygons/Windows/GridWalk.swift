import TesseraNumerics

/// Whole-number indices for the squares of a square net, found by walking it.
///
/// The four corners of each square, in one order for all, are (i, j), (i + 1, j), (i + 1, j + 1) and (i, j + 1), up to which is called the first: a walk
/// over squares that share corners gives each point its index, in each connected part of the net for itself. A square
/// whose corners contradict the walk, as beside a dislocation, has no place.
struct GridWalk {
  /// The place of each square: that of its first corner.
  let places: [UnitWindows.Place?]

  /// - Parameters:
  ///   - squares: four points each, in one order of directions.
  ///   - count: of the points.
  init(_ squares: [[Int]], count: Int) {
    let steps = [(0, 0), (1, 0), (1, 1), (0, 1)]
    var around = [[Int]](repeating: [], count: count)
    for (number, square) in squares.enumerated() {
      for point in square { around[point].append(number) }
    }
    var index = [(part: Int, i: Int, j: Int)?](repeating: nil, count: count)
    var part = 0
    for start in squares.indices where squares[start].allSatisfy({ index[$0] == nil }) {
      index[squares[start][0]] = (part, 0, 0)
      var queue = [squares[start][0]]
      var head = 0
      while head < queue.count {
        let point = queue[head]
        head += 1
        let here = index[point]!
        for number in around[point] {
          let own = steps[squares[number].firstIndex(of: point)!]
          for (other, step) in zip(squares[number], steps) where index[other] == nil {
            index[other] = (here.part, here.i + step.0 - own.0, here.j + step.1 - own.1)
            queue.append(other)
          }
        }
      }
      part += 1
    }
    places = squares.map { square in
      guard let first = index[square[0]] else { return nil }
      let fits = zip(square, steps).allSatisfy { point, step in
        index[point].map { $0.part == first.part && $0.i == first.i + step.0 && $0.j == first.j + step.1 } ?? false
      }
      return fits ? UnitWindows.Place(part: first.part, i: first.i, j: first.j) : nil
    }
  }
}
