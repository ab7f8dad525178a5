import TesseraFitting
import TesseraNumerics
import TesseraStructure

/// The columns of some tiles of an image.
package struct MosaicSites: Sendable {
  /// A column, what its fit knows, and the tile in which it was found.
  package struct Item: Sendable {
    package var site: Site
    package var accuracy: ColumnAccuracy
    package var tile: Int
    /// Its class, where columns are sorted.
    package var label = MosaicSorter.Label()

    /// A column that was found in the tile with this index.
    package init(site: Site, accuracy: ColumnAccuracy, tile: Int) {
      (self.site, self.accuracy, self.tile) = (site, accuracy, tile)
    }
  }

  /// Those of each tile's core, and those around it that another tile may claim.
  package var items: [Item] = []
  /// How many tiles showed no column, and how many there were.
  package var emptyTiles = 0
  package var tiles = 0

  package init() {}

  /// Adds those of other tiles.
  package mutating func add(_ other: MosaicSites) {
    items += other.items
    (emptyTiles, tiles) = (emptyTiles + other.emptyTiles, tiles + other.tiles)
  }

  /// Whether they can be those of some tiles of a plan: in tiles that it has, at places, and of classes that it knows.
  func fit(_ plan: MosaicPlan) -> Bool {
    let all = plan.grid.rows * plan.grid.columns
    let classCount = plan.sorter?.model.classes.count ?? 0
    return (0...all) ~= tiles && (0...tiles) ~= emptyTiles
      && items.allSatisfy { item in
        item.site.position.x.isFinite && item.site.position.y.isFinite && (0..<all) ~= item.tile
          && (0...classCount) ~= item.label.label
      }
  }

  /// Two tiles that see one column at their border place it within this share of the spacing of each other.
  private static let reach = 0.25

  /// How far around a core columns are kept, in pixels: as far as two that are one may be apart, and that once more for the mean of both.
  static func margin(_ spacing: Double) -> Double { 2 * Self.reach * spacing }

  /// Each column once: of those that several tiles see at the border between them, that of the tile whose core holds their mean.
  package func joined(_ plan: MosaicPlan) -> [Item] {
    let reach = Self.reach * plan.spacing
    let places = items.map(\.site.position)
    let isNear = zip(items, places).map { item, place in
      [(-reach, -reach), (-reach, reach), (reach, -reach), (reach, reach)].contains {
        plan.grid.owner(x: place.x + $0.0, y: place.y + $0.1) != item.tile
      }
    }
    let near = items.indices.filter { isNear[$0] }
    let index = PlanarIndex(near.map { places[$0] })
    let keeps = concurrentMap(count: near.count) { k in
      let (own, place) = (items[near[k]], places[near[k]])
      let same = index.neighbours(of: place, within: reach).filter { items[near[$0]].tile != own.tile }
      let sum = same.reduce(place) { $0 + places[near[$1]] }
      let mean = (1 / Double(same.count + 1)) * sum
      return plan.grid.owner(x: mean.x, y: mean.y) == own.tile
    }
    var isKept = isNear.map { !$0 }
    for (k, keep) in zip(near, keeps) { isKept[k] = keep }
    // Whoever did the tiles in whatever order: by tile, and within a tile as it found them. Numbers are sorted, which take a twentieth of the
    // memory of the columns.
    return items.indices.filter { isKept[$0] }.sorted { (items[$0].tile, $0) < (items[$1].tile, $1) }.map { items[$0] }
  }
}

extension [MosaicSites.Item] {
  /// Number of columns of the image: those centred outside it are left out (`Sites.columnCount`).
  package var columnCount: Int { count { $0.site.kind != .outside } }
}
