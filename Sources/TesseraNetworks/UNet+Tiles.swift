import TesseraNumerics

extension UNet {
  /// Bytes that the maps of one tile may take, unless even a core as wide as its halo needs more.
  static let tileMemory = 1 << 29

  /// Side of the cores of tiles, in pixels, that keeps a tile within `tileMemory`.
  public var defaultTileSide: Int {
    let halo = TilePlan.roundedUp(architecture.reach, to: architecture.multiple)
    let whole = Int((Double(Self.tileMemory) / Double(architecture.bytesPerPixel)).squareRoot())
    return max(halo, (whole - 2 * halo) / architecture.multiple * architecture.multiple)
  }

  /// Bytes that the maps of a tile take at most.
  public var largestTileMemory: Int {
    let halo = TilePlan.roundedUp(architecture.reach, to: architecture.multiple)
    let side = defaultTileSide + 2 * halo
    return side * side * architecture.bytesPerPixel
  }

  /// The maps of an image, each as large as the image.
  ///
  /// An image whose sides are no multiples of `architecture.multiple` is continued by its mirror image to the right and down.
  /// Memory: input and output, and `largestTileMemory`. Results do not depend on the number of threads; on the tiles, up to
  /// the rounding of single precision.
  /// - Parameters:
  ///   - image: finite numbers, normalised as those that the network was trained on; at least one pixel.
  ///   - tileSide: of the part that is taken from each tile, in pixels, 1 or more; nil: `defaultTileSide`, or all of the
  ///     image where that is no more than a tile with its halo.
  /// - Throws: `ParameterError` for a side below 1, `DataError` for an image without pixels.
  public func maps(of image: Raster<Float>, tileSide: Int? = nil) throws -> UNetMaps {
    try require(tileSide.map { $0 >= 1 } ?? true, setting("tile side"), is: tileSide ?? 0, mustBe: "1 or more")
    guard image.count > 0 else { throw DataError("the image has no pixels; a network needs at least one") }
    let multiple = architecture.multiple
    let width = TilePlan.roundedUp(image.width, to: multiple)
    let height = TilePlan.roundedUp(image.height, to: multiple)
    let input = FeatureMaps(image.continued(toWidth: width, height: height))
    let halo = TilePlan.roundedUp(architecture.reach, to: multiple)
    let isSmall = max(width, height) <= defaultTileSide + 2 * halo
    let plan = TilePlan(
      width: width, height: height, multiple: multiple, reach: architecture.reach,
      side: tileSide ?? (isSmall ? max(width, height) : defaultTileSide))

    var maps = (0..<architecture.outputChannels).map { _ in
      Raster(width: image.width, height: image.height, filling: Float(0))
    }
    let (columns, rows) = (width / multiple, height / multiple)
    let inner = Self.inner(columns: columns, rows: rows)
    var sums = [Double](repeating: 0, count: architecture.bottomChannels)
    var innerSums = sums
    for tile in plan.tiles {
      let (core, whole) = (tile.core, tile.whole)
      let pass = pass(input.cropped(x: whole.x, y: whole.y, width: whole.width, height: whole.height))
      for channel in maps.indices { maps[channel].take(core, from: pass.maps, channel: channel, of: whole) }
      let part = pass.bottom.sums(
        x: (core.x - whole.x) / multiple, y: (core.y - whole.y) / multiple, width: core.width / multiple,
        height: core.height / multiple)
      // The part of the core that is not near the border of the image.
      let x = inner.x.clamped(to: core.x / multiple..<(core.x + core.width) / multiple)
      let y = inner.y.clamped(to: core.y / multiple..<(core.y + core.height) / multiple)
      let innerPart = pass.bottom.sums(
        x: x.lowerBound - whole.x / multiple, y: y.lowerBound - whole.y / multiple, width: x.count, height: y.count)
      for channel in sums.indices {
        sums[channel] += part[channel]
        innerSums[channel] += innerPart[channel]
      }
    }
    let means = sums.map { $0 / Double(columns * rows) }
    let innerCount = Float(inner.x.count * inner.y.count)
    return UNetMaps(
      maps: maps, spacing: branch?.spacing(of: means), bottomMeans: innerSums.map { Float($0) / innerCount },
      tileCount: plan.tiles.count)
  }

  /// The pixels of the bottom less those near the border of the image, four at most and no more than a quarter to each side: there
  /// the network sees the zeros outside, so that small images would always differ from large ones.
  private static func inner(columns: Int, rows: Int) -> (x: Range<Int>, y: Range<Int>) {
    func inner(_ count: Int) -> Range<Int> {
      let margin = min(4, count / 4)
      return margin..<count - margin
    }
    return (inner(columns), inner(rows))
  }
}

/// The index below `size` that stands at any index when a row goes on as its mirror image, end repeated.
private func mirrored(_ index: Int, _ size: Int) -> Int {
  let place = index % (2 * size)
  return place < size ? place : 2 * size - 1 - place
}

extension Raster<Float> {
  /// A larger raster with this one in its corner, continued to the right and down by mirror images, edge pixels repeated.
  fileprivate func continued(toWidth newWidth: Int, height newHeight: Int) -> Raster<Float> {
    if newWidth == width && newHeight == height { return self }
    let columns = (0..<newWidth).map { mirrored($0, width) }
    return concurrentRows(width: newWidth, height: newHeight, of: Float(0)) { y, row in
      let start = mirrored(y, height) * width
      for x in columns.indices { row[x] = values[start + columns[x]] }
    }
  }

  /// Copies the core of a tile to its place, as far as it lies in this raster.
  fileprivate mutating func take(
    _ core: TilePlan.Part, from maps: FeatureMaps, channel: Int, of whole: TilePlan.Part
  ) {
    let count = Swift.min(core.width, width - core.x)
    guard count > 0 else { return }
    for y in core.y..<Swift.min(core.y + core.height, height) {
      let start = (channel * whole.height + y - whole.y) * whole.width + core.x - whole.x
      values.replaceSubrange(y * width + core.x..<y * width + core.x + count, with: maps.values[start..<start + count])
    }
  }
}
