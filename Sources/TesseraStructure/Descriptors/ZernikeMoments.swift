import Foundation
import TesseraNumerics

/// Zernike moments of many patches: f = Σ A(j) Z(j) on the disc of each site.
public struct ZernikeMoments: Sendable, Equatable {
  /// Diameter of the disc in pixels.
  public let side: Int
  /// Largest radial order p.
  public let order: Int
  /// One row per site, one column per term by rising index j; in units of the image's intensity. NaN where a site has no
  /// patch.
  public let values: Matrix<Float>

  /// - Parameters:
  ///   - side: diameter of the disc in pixels.
  ///   - order: largest radial order p.
  ///   - values: one row per site, one column for each of the `ZernikeTerm.count(order:)` terms by rising index j.
  public init(side: Int, order: Int, values: Matrix<Float>) {
    precondition(values.columns == ZernikeTerm.count(order: order))
    (self.side, self.order, self.values) = (side, order, values)
  }

  /// The number of sites.
  public var count: Int { values.rows }

  /// Sites that have moments, rising.
  public var existing: [Int] { (0..<count).filter { !values[$0, 0].isNaN } }

  /// The moments that the sites have when the specimen is turned by an angle in radians, from +x towards +y.
  /// Source: M22, Methods.
  package func turned(by angle: Double) -> ZernikeMoments {
    guard angle != 0 else { return self }
    var turned = values
    for term in ZernikeTerm.all(order: order) where term.q > 0 {
      let (cosine, sine) = (Float(cos(Double(term.q) * angle)), Float(sin(Double(term.q) * angle)))
      let (even, odd) = (term.index, term.index - term.q)
      for site in 0..<count {
        turned[site, even] = cosine * values[site, even] - sine * values[site, odd]
        turned[site, odd] = cosine * values[site, odd] + sine * values[site, even]
      }
    }
    return ZernikeMoments(side: side, order: order, values: turned)
  }

  /// The moments of the patches less a constant each: A(0) is the mean of a patch.
  /// - Parameter offsets: one per site, in units of the image's intensity.
  package func lowered(by offsets: [Double]) -> ZernikeMoments {
    var lowered = values
    for site in 0..<count { lowered[site, 0] -= Float(offsets[site]) }
    return ZernikeMoments(side: side, order: order, values: lowered)
  }

  /// The complex moment A(p, q) = A(p, +q) - i A(p, -q) for q > 0, as (real, imaginary); (A, 0) for q = 0. Turning the
  /// specimen by an angle α multiplies it by exp(-i q α). Source: M22, Methods.
  public func complex(site: Int, p: Int, q: Int) -> SIMD2<Float> {
    let cosine = values[site, ZernikeTerm(p: p, q: q).index]
    return q == 0 ? SIMD2(cosine, 0) : SIMD2(cosine, -values[site, ZernikeTerm(p: p, q: -q).index])
  }

  /// The moments of some sites, in this order.
  package func selecting(_ sites: [Int]) -> ZernikeMoments {
    ZernikeMoments(side: side, order: order, values: values.selecting(rows: sites))
  }

  /// The moments up to a lower order.
  public func truncated(to lower: Int) -> ZernikeMoments {
    let kept = min(order, lower)
    return ZernikeMoments(
      side: side, order: kept, values: values.selecting(columns: Array(0..<ZernikeTerm.count(order: kept))))
  }

  /// The mean moments of some sites, those without a patch left out; nil if none has one.
  public func mean(of sites: [Int]) -> [Float]? {
    let used = sites.filter { !values[$0, 0].isNaN }
    guard !used.isEmpty else { return nil }
    return (0..<values.columns).map { column in
      Float(used.reduce(0.0) { $0 + Double(values[$1, column]) } / Double(used.count))
    }
  }
}

extension ZernikeBasis {
  /// Patches that share a basis, cut and waiting for their matrix product.
  public struct Block: Sendable {
    let node: Int
    let sites: ArraySlice<Int>
    let pixels: Matrix<Float>
  }

  /// Largest number of patches in one matrix product; fixed, so that results do not depend on the thread count.
  private static var blockSize: Int { 192 }

  /// The existing sites of each node of the quarter-pixel grid, in blocks.
  private func plan(for patches: Patches) -> [(node: Int, sites: ArraySlice<Int>)] {
    precondition(patches.side == side, "the basis has side \(side), the patches \(patches.side)")
    precondition(nodes.count == 16, "this basis was made without sub-pixel nodes")
    var members = [[Int]](repeating: [], count: 16)
    for site in patches.existing {
      let centre = patches.centres[site]
      members[4 * (QuarterPixel(centre.y).node + 1) + QuarterPixel(centre.x).node + 1].append(site)
    }
    return members.enumerated().flatMap { node, sites in
      stride(from: 0, to: sites.count, by: Self.blockSize).map {
        (node, sites[$0..<min($0 + Self.blockSize, sites.count)])
      }
    }
  }

  private func cut(_ sites: ArraySlice<Int>, of patches: Patches, node: Int) -> Block {
    let shape = nodes[node].pixels
    let values = [Float](unsafeUninitializedCapacity: sites.count * shape.count) { buffer, count in
      for (row, site) in sites.enumerated() {
        let line = UnsafeMutableBufferPointer(rebasing: buffer[row * shape.count..<(row + 1) * shape.count])
        let centre = Subpixel(nearNode: patches.centres[site])
        shape.cut(
          patches.padded.values.span, width: patches.padded.width, at: centre, border: Patches.border, into: line)
      }
      count = sites.count * shape.count
    }
    return Block(node: node, sites: sites, pixels: Matrix(rows: sites.count, columns: shape.count, values: values))
  }

  /// All patches, cut and sorted by basis: the first half of `moments(of:)`, for those who time its parts.
  public func blocks(of patches: Patches) -> [Block] {
    let plan = plan(for: patches)
    return concurrentMap(count: plan.count) { cut(plan[$0].sites, of: patches, node: plan[$0].node) }
  }

  /// The moments of patches that are cut already: the second half of `moments(of:)`.
  public func moments(of blocks: [Block], count: Int) -> ZernikeMoments {
    moments(count: count, blockCount: blocks.count) { blocks[$0] }
  }

  /// The moments of all sites. The patches are cut block by block, so memory does not grow with their number.
  public func moments(of patches: Patches) -> ZernikeMoments {
    let plan = plan(for: patches)
    return moments(count: patches.count, blockCount: plan.count) { index in
      cut(plan[index].sites, of: patches, node: plan[index].node)
    }
  }

  private func moments(count: Int, blockCount: Int, _ block: @Sendable (Int) -> Block) -> ZernikeMoments {
    let terms = termCount
    let values = [Float](unsafeUninitializedCapacity: count * terms) { buffer, initialized in
      buffer.initialize(repeating: .nan)
      initialized = count * terms
      nonisolated(unsafe) let rows = buffer  // Each site is in one block.
      concurrentFor(blockCount) { index in
        let block = block(index)
        let product = block.pixels.times(nodes[block.node].weights)
        for (row, site) in block.sites.enumerated() {
          for j in 0..<terms { rows[site * terms + j] = product.values[row * terms + j] }
        }
      }
    }
    return ZernikeMoments(side: side, order: order, values: Matrix(rows: count, columns: terms, values: values))
  }
}
