import TesseraNumerics

/// Rows that the centres are made from, for each list; and steps of k-means. Centres need not be the best ones.
private let (samplesPerList, steps) = (64, 8)

/// The rows of a table sorted into lists, each around a centre, so that the neighbours of a row are sought in the lists
/// of the centres nearest to it.
///
/// There are √n lists, whose centres come from a few steps of k-means on some of the rows. Source: Sivic & Zisserman,
/// Video Google (ICCV 2003); the inverted file of Jégou, Douze & Schmid, IEEE Trans. Pattern Anal. 33 (2011) 117, §IV,
/// here with the rows themselves in place of their codes. O(n √n d) to make.
struct InvertedLists: Sendable {
  /// The table's rows, list after list.
  let rows: MetricRows
  /// The number in the table of each of these rows, rising within a list.
  let numbers: [Int]
  /// List l holds the rows `starts[l] ..< starts[l + 1]`; none is empty.
  let starts: [Int]
  let centres: ListCentres

  var count: Int { starts.count - 1 }
  func members(of list: Int) -> Range<Int> { starts[list]..<starts[list + 1] }

  init(_ table: MetricRows) {
    let centres = ListCentres(of: table, count: max(1, Int(Double(table.count).squareRoot())))
    let nearest = centres.nearest(to: table)
    var sizes = [Int](repeating: 0, count: centres.count)
    for list in nearest { sizes[list] += 1 }
    let filled = sizes.indices.filter { sizes[$0] > 0 }
    starts = filled.reduce(into: [0]) { $0.append($0.last! + sizes[$1]) }
    var next = [Int](repeating: 0, count: centres.count)
    for (place, list) in filled.enumerated() { next[list] = starts[place] }
    var numbers = [Int](repeating: 0, count: table.count)
    for (row, list) in nearest.enumerated() {
      numbers[next[list]] = row
      next[list] += 1
    }
    self.numbers = numbers
    rows = table.selecting(numbers)
    self.centres = centres.selecting(filled)
  }
}

/// The centres of the lists, and how near rows are to them: the score of row v and centre c is v · c - |c|² / 2.
struct ListCentres: Sendable {
  let count, width: Int
  private let values: [Float]
  private let halfSquares: [Float]

  private init(width: Int, values: [Float]) {
    (self.width, self.values) = (width, values)
    count = values.count / width
    halfSquares = (0..<values.count / width).map { row in
      values[row * width..<(row + 1) * width].reduce(0) { $0 + $1 * $1 } / 2
    }
  }

  /// Lloyd's steps from rows drawn at random, always the same ones. A centre that no row is nearest to stays.
  init(of table: MetricRows, count: Int) {
    var random = RandomSource(seed: 1)
    let chosen = (0..<table.count).shuffled(using: &random).prefix(count * samplesPerList)
    let sample = table.selecting(Array(chosen))
    var centres = ListCentres(width: table.width, values: sample.values(of: 0..<count))
    for _ in 0..<steps {
      var sums = [Double](repeating: 0, count: count * table.width)
      var sizes = [Double](repeating: 0, count: count)
      for (row, list) in centres.nearest(to: sample).enumerated() {
        sizes[list] += 1
        for column in 0..<table.width {
          sums[list * table.width + column] += Double(sample.values[row * table.width + column])
        }
      }
      let means = sums.indices.map { place in
        let size = sizes[place / table.width]
        return size > 0 ? Float(sums[place] / size) : centres.values[place]
      }
      centres = ListCentres(width: table.width, values: means)
    }
    self = centres
  }

  func selecting(_ indices: [Int]) -> ListCentres {
    ListCentres(width: width, values: indices.flatMap { values[$0 * width..<($0 + 1) * width] })
  }

  /// `count` scores a row.
  func scores(of rows: [Float]) -> [Float] {
    var scores = [Float](repeating: 0, count: rows.count / width * count)
    var output = scores.mutableSpan
    rowProducts(rows.span, values.span, inner: width, into: &output)
    for row in 0..<rows.count / width { for list in 0..<count { scores[row * count + list] -= halfSquares[list] } }
    return scores
  }

  /// The centre nearest to each row; ties go to the first.
  func nearest(to rows: MetricRows) -> [Int] {
    let parts = concurrentMap(chunksOf: 512, of: rows.count) { chunk in
      let scores = scores(of: rows.values(of: chunk))
      return (0..<chunk.count).map { row in
        let own = scores[row * count..<(row + 1) * count]
        return own.indices.reduce(own.startIndex) { own[$1] > own[$0] ? $1 : $0 } - own.startIndex
      }
    }
    return parts.flatMap { $0 }
  }
}
