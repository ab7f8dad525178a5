import TesseraNumerics

/// The hierarchy of density classes: which classes exist from which to which density, and where each sample leaves.
///
/// Density is λ = 1 / distance. Falling through the single-linkage tree from the root, a split whose smaller side has
/// fewer than `minimumSize` samples is those samples leaving the class; any other split ends the class and begins new ones.
/// Source: Campello, Moulavi & Sander, PAKDD 2013, §3-4; Campello et al., ACM TKDD 10 (2015) 5.
struct CondensedTree: Sendable {
  struct Cluster: Sendable {
    /// The class it split off from; -1 for the root.
    var parent: Int
    var children: [Int] = []
    /// λ at which it begins.
    var birth: Double
    /// Largest λ at which it still has samples.
    var death: Double
    /// Σ over its samples of (λ at which the sample leaves - birth), samples of children counted to the split.
    var stability = 0.0
  }

  /// Parents before children.
  private(set) var clusters: [Cluster]
  /// The class each sample leaves from, and the λ at which it does.
  private(set) var home: [Int]
  private(set) var departure: [Double]

  /// - Parameters:
  ///   - edges: a spanning tree of `count` samples, by rising length.
  ///   - minimumSize: 2 or more.
  ///   - shortest: lengths below this count as this, so that repeated points have a finite density.
  init(_ edges: [TreeEdge], count: Int, minimumSize: Int, shortest: Double) {
    let linkage = SingleLinkage(edges, count: count)
    clusters = [Cluster(parent: -1, birth: 0, death: 0)]
    home = [Int](repeating: 0, count: count)
    departure = [Double](repeating: 0, count: count)
    guard count > 1 else { return }
    var pending = [(node: 2 * count - 2, cluster: 0)]
    while let (node, cluster) = pending.popLast() {
      let merge = linkage.merges[node - count]
      let lambda = 1 / max(merge.length, shortest)
      let sides = linkage.parts(of: node)
      let large = sides.filter { linkage.size(of: $0) >= minimumSize }
      for side in sides where linkage.size(of: side) < minimumSize {
        leave(linkage.samples(of: side), from: cluster, at: lambda)
      }
      if large.count == 1 {
        pending.append((large[0], cluster))
      } else {
        for side in large {
          clusters[cluster].stability += Double(linkage.size(of: side)) * (lambda - clusters[cluster].birth)
          clusters[cluster].death = max(clusters[cluster].death, lambda)
          clusters[cluster].children.append(clusters.count)
          pending.append((side, clusters.count))
          clusters.append(Cluster(parent: cluster, birth: lambda, death: lambda))
        }
      }
    }
  }

  private mutating func leave(_ samples: [Int], from cluster: Int, at lambda: Double) {
    for sample in samples { (home[sample], departure[sample]) = (cluster, lambda) }
    clusters[cluster].stability += Double(samples.count) * (lambda - clusters[cluster].birth)
    clusters[cluster].death = max(clusters[cluster].death, lambda)
  }

  /// The set of classes, none inside another, of largest total stability ("excess of mass").
  func stableClusters(allowingRoot: Bool) -> [Int] {
    var best = clusters.map(\.stability)
    var chosen = [Bool](repeating: false, count: clusters.count)
    for number in clusters.indices.reversed() where allowingRoot || number > 0 {
      let inner = clusters[number].children.reduce(0) { $0 + best[$1] }
      if clusters[number].children.isEmpty || clusters[number].stability >= inner {
        chosen[number] = true
      } else {
        best[number] = inner
      }
    }
    return clusters.indices.filter { number in
      guard chosen[number] else { return false }
      var above = clusters[number].parent
      while above >= 0 {
        if chosen[above] { return false }
        above = clusters[above].parent
      }
      return true
    }
  }

  /// The classes that split no further.
  func leaves(allowingRoot: Bool) -> [Int] {
    clusters.indices.filter { clusters[$0].children.isEmpty && (allowingRoot || $0 > 0) }
  }

  /// For each sample the chosen class it belongs to (its place in `chosen`, -1 for none), and how far into the class
  /// it stays, 0 ... 1: λ at which it leaves over the λ at which the class has lost all its samples.
  func membership(in chosen: [Int]) -> (labels: [Int], strength: [Double]) {
    var owner = [Int](repeating: -1, count: clusters.count)
    for (place, number) in chosen.enumerated() { owner[number] = place }
    for number in clusters.indices.dropFirst() where owner[number] < 0 {
      owner[number] = owner[clusters[number].parent]
    }
    // The densest λ of a chosen class includes that of the classes inside it.
    var densest = [Double](repeating: 0, count: chosen.count)
    for (number, place) in owner.enumerated() where place >= 0 {
      densest[place] = max(densest[place], clusters[number].death)
    }
    let labels = home.map { owner[$0] }
    let strength = labels.indices.map { sample in
      let place = labels[sample]
      guard place >= 0 else { return 0.0 }
      return densest[place] > 0 ? min(1, departure[sample] / densest[place]) : 1
    }
    return (labels, strength)
  }
}

/// The merges of sets that the edges of a spanning tree make, by rising length.
private struct SingleLinkage {
  struct Merge { var first, second: Int, length: Double, size: Int }
  let count: Int
  /// Merge i makes node `count + i`; nodes below `count` are samples.
  let merges: [Merge]

  init(_ edges: [TreeEdge], count: Int) {
    self.count = count
    var (sets, node) = (DisjointSets(count), Array(0..<count))
    var merges: [Merge] = []
    merges.reserveCapacity(edges.count)
    for edge in edges {
      let (a, b) = (sets.find(edge.first), sets.find(edge.second))
      func size(_ node: Int) -> Int { node < count ? 1 : merges[node - count].size }
      let total = size(node[a]) + size(node[b])
      let (larger, smaller) = size(node[a]) >= size(node[b]) ? (a, b) : (b, a)
      merges.append(Merge(first: node[larger], second: node[smaller], length: edge.length, size: total))
      sets.join(larger, smaller)
      node[larger] = count + merges.count - 1
    }
    self.merges = merges
  }

  func size(of node: Int) -> Int { node < count ? 1 : merges[node - count].size }

  /// The sets that become a node all at once: merges of equal length count as one, whatever their order was.
  func parts(of node: Int) -> [Int] {
    let length = merges[node - count].length
    var (result, pending) = ([Int](), [node])
    while let next = pending.popLast() {
      if next >= count && merges[next - count].length == length {
        pending.append(merges[next - count].first)
        pending.append(merges[next - count].second)
      } else {
        result.append(next)
      }
    }
    return result
  }

  func samples(of node: Int) -> [Int] {
    var (result, pending) = ([Int](), [node])
    while let next = pending.popLast() {
      if next < count {
        result.append(next)
      } else {
        pending.append(merges[next - count].first)
        pending.append(merges[next - count].second)
      }
    }
    return result
  }
}
