import TesseraNumerics

/// Finds the lattice of a crystal whose cell is longer than `LatticeFinder` looks: nets of dozens of columns per cell, modulated or not.
///
/// Among so many long vectors some carry the columns of two crystals at once onto others by chance. So most columns must share the
/// vectors, each must lead to within a small part of a spacing, and the places of the cell must be filled in the whole image.
public struct LargeCellFinder: Sendable, Codable, Equatable {
  /// Displacements up to this many mean spacings are gathered; more takes time as the square.
  public var reach = 12.0
  /// A vector must lead from at least this share of the columns to a column, 0 ... 1; the rest are places that are filled at random.
  public var smallestShare = 0.8
  /// Partners scatter by at most this about where a vector leads, in spacings, as a root mean square: noise, and a modulation.
  public var largestScatter = 0.08
  /// A place of the cell belongs to the whole image if this share of all cells in it has a column there, 0 ... 1.
  public var leastFilling = 0.7
  /// Columns at such places are at least this share of all, 0 ... 1.
  public var leastIndexedShare = 0.75

  /// A finder of cells of up to twelve spacings.
  public init() {}

  /// Vectors that serve less than this part of what the best does are none of the lattice.
  private static let commonShare = 0.9
  /// A peak of so compact a vector holds this part of its displacements; the image's edge takes the rest.
  private static let peakShare = 0.5
  /// The image holds at least so many cells: one place repeated fewer times is no lattice.
  private static let fewestCells = 12.0

  /// The lattice that nearly all columns share; nil where there is none.
  /// - Parameters:
  ///   - positions: of the columns, in pixels.
  ///   - heights: of the columns, any unit.
  ///   - width: of the image, in pixels.
  ///   - height: of the image, in pixels.
  public func lattice(of positions: [Point], heights: [Double], width: Int, height: Int) -> Lattice? {
    let (across, down) = (0...Double(width - 1), 0...Double(height - 1))
    let seen = positions.indices.filter { across.contains(positions[$0].x) && down.contains(positions[$0].y) }
    let index = PlanarIndex(seen.map { positions[$0] })
    guard let spacing = index.medianSpacing, spacing.isFinite, spacing > 0 else { return nil }
    var finder = LatticeFinder()
    (finder.reach, finder.smallestShare) = (reach, smallestShare)
    let translations = finder.translations(
      index: index, heights: seen.map { heights[$0] }, spacing: spacing,
      extent: Point(Double(width - 1), Double(height - 1)), peakShare: Self.peakShare)
    let best = translations.map(\.share).max() ?? 0
    let common = translations.filter {
      $0.share >= max(smallestShare, Self.commonShare * best) && $0.scatter <= largestScatter * spacing
    }
    // Shorter cells are the other finder's, which had its reasons to refuse them.
    guard let (u, v) = LatticeFinder.vectors(from: common),
      max(u.length, v.length) > LatticeFinder().reach * spacing,
      let lattice = LatticeIndexer(u: u, v: v).lattice(of: positions, heights: heights), lattice.isSound
    else { return nil }
    let cells = Double(width) * Double(height) / lattice.grid.area
    var counts = [Int](repeating: 0, count: lattice.basis.count)
    for case let node? in lattice.nodes { counts[node.basis] += 1 }
    let whole = counts.filter { Double($0) >= leastFilling * cells }.reduce(0, +)
    guard cells >= Self.fewestCells, Double(whole) >= leastIndexedShare * Double(positions.count) else { return nil }
    return lattice
  }
}
