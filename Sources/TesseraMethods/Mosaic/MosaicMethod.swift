import TesseraFitting
import TesseraImaging
import TesseraNumerics
import TesseraStructure

/// The columns of an image of any size, found tile by tile. Memory does not grow with the height of the image beyond the columns themselves, and
/// with its width only by the lines that a row of tiles needs.
package struct MosaicMethod: Sendable {
  package let image: MosaicImage
  package let plan: MosaicPlan

  package init(_ image: MosaicImage, plan: MosaicPlan) { (self.image, self.plan) = (image, plan) }

  /// The columns of the tiles in some rows of the grid.
  /// - Parameters:
  ///   - rows: numbers of rows of the grid, 0 ..< `plan.grid.rows`.
  ///   - progress: called after each tile with the number of those that are done; may throw to stop.
  package func sites(inRows rows: Range<Int>, progress: (Int) throws -> Void = { _ in }) throws -> MosaicSites {
    var result = MosaicSites()
    try image.forEachRow(of: plan.grid, in: rows) { row, lines in
      let first = plan.grid.lines(ofRow: row).lowerBound
      for tile in plan.grid.tiles(inRow: row) {
        result.add(try sites(of: tile, in: lines, from: first))
        try progress(result.tiles)
      }
    }
    return result
  }

  /// All columns of the image, each once, by tile.
  package func sites(progress: (Int) throws -> Void = { _ in }) throws -> (items: [MosaicSites.Item], emptyTiles: Int) {
    let all = try sites(inRows: 0..<plan.grid.rows, progress: progress)
    return (all.joined(plan), all.emptyTiles)
  }

  private func sites(of tile: MosaicGrid.Tile, in lines: Raster<Float>, from first: Int) throws -> MosaicSites {
    var result = MosaicSites()
    result.tiles = 1
    var micrograph = image.facts
    micrograph.pixels = plan.pixels(of: tile, in: lines, from: first)
    var prepared: Preparation.Prepared
    let found: ColumnFinder.Found
    do {
      prepared = try plan.preparation.prepared(micrograph)
      found = try plan.finder.columns(in: &prepared, name: micrograph.name)
    } catch is DataError {
      // Vacuum, or a support without columns.
      result.emptyTiles = 1
      return result
    }
    let labels = try plan.sorter?.labels(of: found, in: prepared)
    let corner = Point(Double(tile.outerX.lowerBound), Double(tile.outerY.lowerBound))
    let margin = MosaicSites.margin(plan.spacing)
    for (number, (found, accuracy)) in zip(found.sites.sites, found.accuracies).enumerated() {
      var site = found
      site.position = site.position + corner
      guard isKept(site.position, of: tile, margin) else { continue }
      var item = MosaicSites.Item(site: site, accuracy: accuracy, tile: tile.index)
      if let labels { item.label = labels[number] }
      result.items.append(item)
    }
    return result
  }

  /// Whether a place is in the core of a tile or at most `margin` around it; where the image ends, so does no core.
  private func isKept(_ place: Point, of tile: MosaicGrid.Tile, _ margin: Double) -> Bool {
    (tile.x.lowerBound == 0 || place.x >= Double(tile.x.lowerBound) - 0.5 - margin)
      && (tile.y.lowerBound == 0 || place.y >= Double(tile.y.lowerBound) - 0.5 - margin)
      && (tile.x.upperBound == plan.grid.width || place.x < Double(tile.x.upperBound) - 0.5 + margin)
      && (tile.y.upperBound == plan.grid.height || place.y < Double(tile.y.upperBound) - 0.5 + margin)
  }
}
