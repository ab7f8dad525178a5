import Foundation
import TesseraNumerics

/// The places inside a unit cell where sites are: one for each sublattice.
struct CellSlots: Sendable, Equatable {
  /// Coordinates in units of the cell's edges, 0 ..< 1, sorted by row, then column.
  let places: [Point]

  /// Hills of the density of sites folded into one cell.
  ///
  /// - Parameters:
  ///   - coordinates: of the sites, in units of the cell's edges.
  ///   - spacing: typical distance between neighbouring sites, in pixels; places nearer than half of it are one.
  ///   - smallestShare: a hill of fewer sites than this share of the cells is no sublattice; 0 ... 1.
  init(of coordinates: [Point], in grid: CellGrid, spacing: Double, smallestShare: Double) {
    guard !coordinates.isEmpty, spacing > 0 else {
      places = []
      return
    }
    let (columns, rows) = (binCount(grid.u.length, spacing), binCount(grid.v.length, spacing))
    let folded = coordinates.map { $0 - floor($0) }
    let density = smoothedDensity(of: folded, in: grid, columns: columns, rows: rows, sigma: 0.15 * spacing)
    var low = coordinates[0]
    var high = low
    for c in coordinates { (low, high) = (pointwiseMin(low, c), pointwiseMax(high, c)) }
    // Cells are counted by the sites' extent, or by the sites if they fill it sparsely.
    let extent = pointwiseMax(high - low, Point(1, 1))
    let cellCount = min(extent.x * extent.y, Double(coordinates.count))
    var found: [Point] = []
    let order = density.indices.sorted { (density[$0], -$0) > (density[$1], -$1) }
    for index in order where density[index] > 0 {
      let place = Point(Double(index % columns) / Double(columns), Double(index / columns) / Double(rows))
      if found.contains(where: { grid.length(of: nearestImage(place - $0)) < 0.5 * spacing }) { continue }
      if !isSummit(index, of: density, columns: columns, rows: rows) { continue }
      found.append(place)
    }
    let members = folded.map { site in nearest(found, to: site, in: grid) }
    var sums = [(count: Int, offset: Point)](repeating: (0, .zero), count: found.count)
    for (site, slot) in zip(folded, members) {
      let offset = nearestImage(site - found[slot])
      guard grid.length(of: offset) < 0.5 * spacing else { continue }
      sums[slot] = (sums[slot].count + 1, sums[slot].offset + offset)
    }
    places = zip(found, sums).compactMap { place, sum in
      guard Double(sum.count) >= smallestShare * cellCount else { return nil }
      let mean = place + sum.offset / Double(sum.count)
      return mean - floor(mean)
    }.sorted { ($0.y, $0.x) < ($1.y, $1.x) }
  }

  /// The slot nearest to coordinates, the cell whose slot that is, and the distance in pixels; nil without slots.
  func assignment(of coordinates: Point, in grid: CellGrid) -> (slot: Int, i: Int, j: Int, distance: Double)? {
    var best: (slot: Int, i: Int, j: Int, distance: Double)?
    for (slot, place) in places.enumerated() {
      let offset = coordinates - place
      let cell = Point(offset.x.rounded(), offset.y.rounded())
      let distance = grid.length(of: offset - cell)
      if distance < best?.distance ?? .infinity {
        best = (slot, Int(saturating: cell.x), Int(saturating: cell.y), distance)
      }
    }
    return best
  }
}

private func floor(_ p: Point) -> Point { Point(p.x.rounded(.down), p.y.rounded(.down)) }

/// A difference of coordinates, moved by whole cells towards zero.
private func nearestImage(_ offset: Point) -> Point { offset - Point(offset.x.rounded(), offset.y.rounded()) }

/// Bins along an edge: a twentieth of the spacing each, 24 ... 160.
private func binCount(_ length: Double, _ spacing: Double) -> Int {
  max(24, min(160, Int(saturating: 20 * length / spacing)))
}

private func nearest(_ places: [Point], to site: Point, in grid: CellGrid) -> Int {
  places.indices.min {
    grid.length(of: nearestImage(site - places[$0])) < grid.length(of: nearestImage(site - places[$1]))
  } ?? 0
}

/// Number of sites around each bin of the folded cell, weighted by a Gaussian of `sigma` pixels.
private func smoothedDensity(of folded: [Point], in grid: CellGrid, columns: Int, rows: Int, sigma: Double) -> [Double]
{
  var counts = [Double](repeating: 0, count: columns * rows)
  for site in folded {
    let (x, y) = (
      Int(saturating: (site.x * Double(columns)).rounded()) % columns,
      Int(saturating: (site.y * Double(rows)).rounded()) % rows
    )
    counts[y * columns + x] += 1
  }
  // The Gaussian, wrapped around the cell; beyond three sigma it is zero.
  var kernel: [(x: Int, y: Int, weight: Double)] = []
  for y in 0..<rows {
    for x in 0..<columns {
      let offset = nearestImage(Point(Double(x) / Double(columns), Double(y) / Double(rows)))
      let t = grid.length(of: offset) / sigma
      if t < 3 { kernel.append((x, y, exp(-t * t / 2))) }
    }
  }
  var density = [Double](repeating: 0, count: columns * rows)
  for index in counts.indices where counts[index] > 0 {
    for (x, y, weight) in kernel {
      density[(index / columns + y) % rows * columns + (index % columns + x) % columns] += counts[index] * weight
    }
  }
  return density
}

/// Whether no neighbouring bin is higher.
private func isSummit(_ index: Int, of density: [Double], columns: Int, rows: Int) -> Bool {
  let (x, y) = (index % columns, index / columns)
  for dy in -1...1 {
    for dx in -1...1 {
      let other = (y + dy + rows) % rows * columns + (x + dx + columns) % columns
      if density[other] > density[index] { return false }
    }
  }
  return true
}
