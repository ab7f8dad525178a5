import Foundation
import TesseraNumerics

/// All tiles of an image, row by row.
struct FitTiles: Sendable {
  let across, down: Int
  let side: Int
  private(set) var tiles: [FitTile]

  /// Columns in a row of a tile, about: enough for few guests, few enough to stay in a processor's cache.
  private static let columnsAcross = 14.0

  /// - Parameters:
  ///   - places: of the columns.
  ///   - spacing: typical distance between neighbours, in pixels.
  ///   - overlap: columns closer together than this are solved together, in pixels.
  init(width: Int, height: Int, places: [Point], spacing: Double, overlap: Double) {
    // Neighbours within a cluster are nearer than the clusters: a tile should hold many of these.
    let pitch = max(spacing, min(3 * spacing, (Double(width * height) / Double(max(1, places.count))).squareRoot()))
    let wanted = max(48, min(1024, Self.columnsAcross * pitch))
    let (columns, rows) = (
      max(1, Int(saturating: (Double(width) / wanted).rounded())),
      max(1, Int(saturating: (Double(height) / wanted).rounded()))
    )
    let side = max((width + columns - 1) / columns, (height + rows - 1) / rows)
    (across, down) = ((width + side - 1) / side, (height + side - 1) / side)
    self.side = side
    var tiles: [FitTile] = []
    for row in 0..<down {
      for column in 0..<across {
        tiles.append(
          FitTile(
            x: column * side..<min(width, (column + 1) * side), y: row * side..<min(height, (row + 1) * side)))
      }
    }
    var homes = [Int](repeating: 0, count: places.count)
    for (index, place) in places.enumerated() {
      let column = min(across - 1, max(0, Int(saturating: place.x / Double(side))))
      let row = min(down - 1, max(0, Int(saturating: place.y / Double(side))))
      homes[index] = row * across + column
      tiles[homes[index]].columns.append(index)
    }
    let index = PlanarIndex(places)
    let neighbours = concurrentMap(chunksOf: 1024, of: places.count) { chunk in
      chunk.map { i in index.neighbours(of: places[i], within: overlap).filter { $0 != i } }
    }.flatMap { $0 }
    self.tiles = concurrentMap(count: tiles.count) { [tiles, homes] t in
      var tile = tiles[t]
      tile.ownCount = tile.columns.count
      var local: [Int: Int] = [:]
      for (k, i) in tile.columns.enumerated() { local[i] = k }
      for i in tile.columns[..<tile.ownCount] {
        for j in neighbours[i] where homes[j] != t && local[j] == nil {
          local[j] = tile.columns.count
          tile.columns.append(j)
        }
      }
      for (k, i) in tile.columns.enumerated() {
        for j in neighbours[i] {
          if let l = local[j], k < l { tile.pairs.append((k, l)) }
        }
      }
      return tile
    }
  }

  /// Tiles that share a side or a corner with one, and itself.
  func around(_ tile: Int) -> [Int] {
    let (column, row) = (tile % across, tile / across)
    var found: [Int] = []
    for v in max(0, row - 1)...min(down - 1, row + 1) {
      for u in max(0, column - 1)...min(across - 1, column + 1) { found.append(v * across + u) }
    }
    return found
  }
}
