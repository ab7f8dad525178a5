import Foundation
import TesseraNumerics
import TesseraStructure
import Testing

/// A honeycomb of W (1) and S (2); a tenth of the W are Fe (3), whose three S neighbours are S' (4).
private func dopedHoneycomb() -> (positions: [Point], labels: [Int]) {
  let (u, v) = (Point(20, 0), Point(20, 0).rotated(by: 2 * .pi / 3))
  var source = RandomSource(seed: 3)
  var dopants: Set<[Int]> = []
  for _ in 0..<90 {
    let place = [source.index(below: 30), source.index(below: 30)]
    // No two share a sulphur.
    if (-1...1).allSatisfy({ a in (-1...1).allSatisfy { b in !dopants.contains([place[0] + a, place[1] + b]) } }) {
      dopants.insert(place)
    }
  }
  var (positions, labels): ([Point], [Int]) = ([], [])
  for j in 0..<30 {
    for i in 0..<30 {
      let corner = u * Double(i) + v * Double(j)
      let jitter = (0..<4).map { _ in source.gaussian() * 0.3 }
      positions.append(corner + Point(jitter[0], jitter[1]))
      labels.append(dopants.contains([i, j]) ? 3 : 1)
      positions.append(corner + (u * 2 + v) / 3 + Point(jitter[2], jitter[3]))
      labels.append([[i, j], [i + 1, j], [i + 1, j + 1]].contains { dopants.contains($0) } ? 4 : 2)
    }
  }
  return (positions, labels)
}

struct `Pair relations` {
  @Test func `find the three marked neighbours of a dopant`() throws {
    let (positions, labels) = dopedHoneycomb()
    let relations = try PairRelations().relations(among: positions, labels: labels, seed: 1)
    let nearest = relations.filter { $0.from == 3 && $0.displacement.length < 14 }
    #expect(nearest.map(\.to) == [4, 4, 4])
    // The nodes lie a / sqrt(3) apart; 60 pairs of 0.4 pixels each, and dopants at the rim lack a neighbour.
    for relation in nearest {
      #expect(abs(relation.displacement.length - 20 / 3.0.squareRoot()) < 0.3)
      #expect(relation.share > 0.85 && relation.significance > 10)
    }
    #expect(!relations.contains { $0.from == 3 && $0.to == 2 && $0.displacement.length < 14 })
  }

  @Test func `vanish where labels are random`() throws {
    let positions = dopedHoneycomb().positions
    var source = RandomSource(seed: 9)
    let labels = positions.map { _ in 1 + source.index(below: 3) }
    #expect(try PairRelations().relations(among: positions, labels: labels, seed: 1).isEmpty)
  }

  @Test func `are the same for the same seed`() throws {
    let (positions, labels) = dopedHoneycomb()
    let many = try PairRelations().relations(among: positions, labels: labels, seed: 5)
    #expect(try PairRelations().relations(among: positions, labels: labels, seed: 5) == many)
  }

  @Test func `grow into shells`() throws {
    let (positions, labels) = dopedHoneycomb()
    let relations = try PairRelations().relations(among: positions, labels: labels, seed: 1)
    let tree = try ShellGrowth().tree(of: 3, positions: positions, labels: labels, relations: relations)
    let first = try #require(tree.root.children.first)
    #expect(tree.root.count == labels.count { $0 == 3 })
    #expect(tree.root.children.count == 1)  // Always three marked neighbours.
    #expect(first.composition.map(\.label) == [4] && first.composition[0].count == 3)
    #expect(first.count + tree.root.others == tree.root.count)
    // The second shell is the fence of six metal columns, none of which is a dopant.
    #expect(first.children.first?.composition.map(\.label) == [1])
    #expect(first.children.first?.composition.first?.count == 6)
  }
}
