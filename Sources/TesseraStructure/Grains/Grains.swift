import Foundation
import TesseraImaging
import TesseraNumerics

/// The crystals of an image: one grain, or several. The lattice of an image of one crystal is that of its first grain.
public struct Grains: Sendable {
  /// By falling number of sites.
  public var grains: [Grain]
  /// For each site the number of its grain from 1; 0 for none.
  public var labels: [Int]

  /// - Parameters:
  ///   - grains: by falling number of sites.
  ///   - labels: for each site the number of its grain from 1; 0 for none.
  public init(grains: [Grain], labels: [Int]) { (self.grains, self.labels) = (grains, labels) }

  /// An image of one crystal.
  public init(_ lattice: Lattice) {
    self.init(grains: [Grain(lattice)], labels: lattice.nodes.map { $0 == nil ? 0 : 1 })
  }

  /// The lattice of the largest grain; nil without grains.
  public var lattice: Lattice? { grains.first?.lattice }

  /// The share of the sites that sit on a node of their grain.
  public var indexedShare: Double {
    labels.isEmpty ? 0 : Double(labels.count { $0 > 0 }) / Double(labels.count)
  }

  /// The node of each site in the lattice of its grain; nil where it has none.
  public var nodes: [Lattice.Node?] {
    labels.indices.map { labels[$0] > 0 ? grains[labels[$0] - 1].lattice.nodes[$0] : nil }
  }

  /// A number for the sublattice of each of some nodes, in the grains with these numbers from 1; -1 without a node.
  package func sublattices(of nodes: [Lattice.Node?], inGrains numbers: [Int]) -> [Int] {
    let most = grains.map(\.lattice.basis.count).max() ?? 1
    return zip(nodes, numbers).map { node, grain in node.map { grain * most + $0.basis } ?? -1 }
  }

  /// The same of each site.
  package var sublattices: [Int] { sublattices(of: nodes, inGrains: labels) }

  /// The grain of each pixel: that of the nearest indexed site, 0 where the next is farther than one and a half
  /// lattice vectors.
  public func map(positions: [Point], width: Int, height: Int) -> Raster<UInt16> {
    let indexed = labels.indices.filter { labels[$0] > 0 }
    guard !indexed.isEmpty else { return Raster(width: width, height: height, filling: 0) }
    let index = PlanarIndex(indexed.map { positions[$0] })
    let reach = 1.5 * (grains.map { max($0.lattice.grid.u.length, $0.lattice.grid.v.length) }.max() ?? 0)
    // Blocks of four pixels: a boundary between sites is not known better.
    let block = 4
    let (columns, rows) = ((width + block - 1) / block, (height + block - 1) / block)
    let coarse = concurrentRows(width: columns, height: rows, of: UInt16(0)) { y, row in
      for x in 0..<row.count {
        let half = Double(block - 1) / 2
        let place = Point(Double(block * x) + half, Double(block * y) + half)
        if let near = index.nearest(1, to: place).first, (index.points[near] - place).length <= reach {
          row[x] = UInt16(clamping: labels[indexed[near]])
        }
      }
    }
    return concurrentRows(width: width, height: height, of: UInt16(0)) { y, row in
      for x in 0..<row.count { row[x] = coarse.values[(y / block) * columns + x / block] }
    }
  }
}
