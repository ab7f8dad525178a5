/// The one-to-one assignment of rows to columns with the largest sum of gains: the column of each row, nil for rows
/// left over where there are more rows than columns.
///
/// The Hungarian method by shortest augmenting paths, O(r² c) for r <= c. Ties go to the smaller index.
/// Source: Kuhn, Naval Research Logistics Quarterly 2 (1955) 83; Jonker & Volgenant, Computing 38 (1987) 325.
package func bestAssignment(gains: [[Double]]) -> [Int?] {
  let (rows, columns) = (gains.count, gains.first?.count ?? 0)
  precondition(gains.allSatisfy { $0.count == columns }, "every row needs as many gains")
  guard rows > 0, columns > 0 else { return [Int?](repeating: nil, count: rows) }
  if rows > columns {
    let transposed = (0..<columns).map { column in gains.map { $0[column] } }
    var result = [Int?](repeating: nil, count: rows)
    for (column, row) in bestAssignment(gains: transposed).enumerated() { if let row { result[row] = column } }
    return result
  }
  // Row and column 0 are the method's artificial ones; `owner[c]` is the row that holds column c.
  var (rowPrice, columnPrice) = ([Double](repeating: 0, count: rows + 1), [Double](repeating: 0, count: columns + 1))
  var owner = [Int](repeating: 0, count: columns + 1)
  for row in 1...rows {
    owner[0] = row
    var slack = [Double](repeating: .infinity, count: columns + 1)
    var previous = [Int](repeating: 0, count: columns + 1)
    var seen = [Bool](repeating: false, count: columns + 1)
    var column = 0
    repeat {
      seen[column] = true
      let current = owner[column]
      var (best, next) = (Double.infinity, 0)
      for c in 1...columns where !seen[c] {
        let cost = -gains[current - 1][c - 1] - rowPrice[current] - columnPrice[c]
        if cost < slack[c] { (slack[c], previous[c]) = (cost, column) }
        if slack[c] < best { (best, next) = (slack[c], c) }
      }
      for c in 0...columns {
        if seen[c] {
          rowPrice[owner[c]] += best
          columnPrice[c] -= best
        } else {
          slack[c] -= best
        }
      }
      column = next
    } while owner[column] != 0
    while column != 0 {
      owner[column] = owner[previous[column]]
      column = previous[column]
    }
  }
  var result = [Int?](repeating: nil, count: rows)
  for c in 1...columns where owner[c] > 0 { result[owner[c] - 1] = c - 1 }
  return result
}
