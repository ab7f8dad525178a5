import TesseraNumerics

/// Rows whose true neighbours tell how many lists are to be searched.
private let sampleCount = 1024
/// Comparisons in lists are dearer than those of the exact search, whose products are larger: where more than this share
/// of the table would be compared with each row, nothing is gained.
private let largestShare = 0.75

/// Rows of one list that are compared with another list at once, and rows of that. Lists are short: the more rows share the work of
/// laying one out for the product, the better. The products take as much room as those of the exact search.
private let (listQueries, listCandidates) = (512, 256)

extension InvertedLists {
  /// How many lists to search.
  struct Plan: Equatable {
    /// Lists searched for each row, those of the nearest centres.
    let probes: Int
    /// Share of the table in these lists, mean over the sample.
    let share: Double

    var isWorthwhile: Bool { share < largestShare }
  }

  /// The number of lists in which the share `recall` of the true neighbours lies, as rows drawn evenly from all lists
  /// tell, whose neighbours are found by comparing them with the whole table.
  func plan(finding recall: Double, of neighbours: Int) -> Plan {
    let size = min(sampleCount, rows.count)
    let sample = (0..<size).map { $0 * rows.count / size }
    let truth = exhaustiveNeighbours(of: sample, in: rows, count: neighbours)
    let scores = centres.scores(of: rows.values(of: sample))
    let list = (0..<count).flatMap { list in members(of: list).map { _ in list } }
    var places: [Int] = []
    for row in 0..<size {
      let own = scores[row * count..<(row + 1) * count]
      for neighbour in truth.neighbours(of: row) {
        let score = own[own.startIndex + list[Int(neighbour)]]
        places.append(1 + own.count { $0 > score })
      }
    }
    places.sort()
    let probes = places[max(0, min(places.count, Int((recall * Double(places.count)).rounded(.up))) - 1)]
    let compared = (0..<size).reduce(0) { sum, row in
      let own = scores[row * count..<(row + 1) * count]
      let limit = largest(probes, of: own)
      return sum + (0..<count).reduce(0) { $0 + (own[own.startIndex + $1] >= limit ? members(of: $1).count : 0) }
    }
    return Plan(probes: probes, share: Double(compared) / Double(size) / Double(rows.count))
  }

  /// The neighbours of every row among those of its `probes` nearest lists, or more lists where these hold too few rows.
  func neighbours(count wanted: Int, probes: Int) -> NeighbourTable {
    let tasks = (0..<count).flatMap { list in
      stride(from: starts[list], to: starts[list + 1], by: listQueries).map {
        $0..<min(starts[list + 1], $0 + listQueries)
      }
    }
    let parts = concurrentMap(count: tasks.count) { neighbours(of: tasks[$0], count: wanted, probes: probes) }
    var indices = [Int32](repeating: 0, count: rows.count * wanted)
    var distances = [Float](repeating: 0, count: rows.count * wanted)
    for (task, part) in zip(tasks, parts) {
      for (place, row) in task.enumerated() {
        for rank in 0..<wanted {
          indices[numbers[row] * wanted + rank] = Int32(numbers[Int(part.indices[place * wanted + rank])])
          distances[numbers[row] * wanted + rank] = part.distances[place * wanted + rank]
        }
      }
    }
    return NeighbourTable(count: wanted, indices: indices, distances: distances)
  }

  /// The same for some rows of one list; they share most of their lists, so each list is multiplied with many of them.
  private func neighbours(
    of queries: Range<Int>, count wanted: Int, probes: Int
  ) -> (indices: [Int32], distances: [Float]) {
    let kept = min(wanted + spare, rows.count - 1)
    var best = BestCandidates(queries: queries.count, count: kept)
    let scores = centres.scores(of: rows.values(of: queries))
    let limits = (0..<queries.count).map { query in
      limit(scores[query * count..<(query + 1) * count], probes: probes, holding: kept + 1)
    }
    var products = ProductTile()
    for list in 0..<count {
      let asking = (0..<queries.count).filter { scores[$0 * count + list] >= limits[$0] }
      guard !asking.isEmpty else { continue }
      let values = rows.values(of: asking.map { queries.lowerBound + $0 })
      let members = members(of: list)
      for start in stride(from: members.lowerBound, to: members.upperBound, by: listCandidates) {
        products.compute(values, rows, start..<min(members.upperBound, start + listCandidates))
        for (place, query) in asking.enumerated() {
          products.offer(place, itself: queries.lowerBound + query, of: rows, to: &best, as: query)
        }
      }
    }
    return nearest(wanted, of: best, queries: queries, rows: rows)
  }

  /// The least score of the lists to search for one row: the best `probes`, and more until they hold `least` rows.
  private func limit(_ scores: ArraySlice<Float>, probes: Int, holding least: Int) -> Float {
    var probes = probes
    while true {
      let limit = largest(probes, of: scores)
      let held = (0..<count).reduce(0) { $0 + (scores[scores.startIndex + $1] >= limit ? members(of: $1).count : 0) }
      if held >= least || probes >= count { return limit }
      probes = min(2 * probes, count)
    }
  }
}

/// The `rank`-th largest of some numbers, 1 being the largest. Source: Hoare, Commun. ACM 4 (1961) 321.
private func largest(_ rank: Int, of values: ArraySlice<Float>) -> Float {
  var values = Array(values)
  var (low, high) = (0, values.count - 1)
  while low < high {
    let pivot = values[(low + high) / 2]
    var (left, right) = (low, high)
    while left <= right {
      while values[left] > pivot { left += 1 }
      while values[right] < pivot { right -= 1 }
      if left <= right {
        values.swapAt(left, right)
        left += 1
        right -= 1
      }
    }
    if rank - 1 <= right {
      high = right
    } else if rank - 1 >= left {
      low = left
    } else {
      break
    }
  }
  return values[rank - 1]
}
