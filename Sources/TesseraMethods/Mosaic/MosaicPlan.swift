import TesseraFitting
import TesseraImaging
import TesseraNumerics
import TesseraStructure

/// What all tiles of an image share: which way columns stand out, how they are found and fitted, and how large tiles and their surroundings
/// are. It is found once and goes with each tile, to other machines too.
package struct MosaicPlan: Sendable, Codable {
  package var grid: MosaicGrid
  /// Smallest and largest finite value of the image; dark columns are mirrored about the middle between them.
  package var low, high: Float
  /// What values are divided by so that they can be computed with (`Preparation`).
  package var unit: Double
  package var isInverted: Bool
  /// With the scale, the route and the shape that the sample showed.
  package var finder: ColumnFinder
  package var preparation: Preparation
  /// Typical distance of neighbouring columns in the sample, in pixels.
  package var spacing: Double
  /// Corner of the sample that showed this, in pixels.
  package var sample = SIMD2(0, 0)
  /// By whose classes columns are sorted; nil: by none.
  package private(set) var sorter: MosaicSorter?
  /// Why that scale, and what else the sample said.
  package var scaleReason: String
  package var warnings: [String]

  /// Smallest and largest side of a tile: a core that is not much larger than its surroundings is work done twice.
  package static let sides = 256...65_536
  /// The sample: the liveliest of so many windows of this side.
  private static let (windows, windowSide) = (3, 1024)
  /// Surroundings of a tile in scales of the columns, which are about four times as far apart: as far as the neighbours reach by which a column
  /// is judged, the background and the tiles of the fit.
  private static let haloInScales = 40.0
  private static let smallestHalo = 64

  /// Looks through the image once.
  ///
  /// - Parameters:
  ///   - image: the image that is divided into tiles.
  ///   - side: of the tiles, in pixels; within `sides`.
  ///   - preparation: how images are prepared; the sample decides the contrast for all tiles.
  ///   - finder: how columns are found; what it leaves open is chosen from the sample.
  /// - Throws: `DataError` where no sample of the image shows columns, `ParameterError` for settings that do not go with tiles.
  package init(for image: MosaicImage, side: Int, preparation: Preparation, finder: ColumnFinder) throws {
    try require(
      Self.sides.contains(side), setting("tile"), is: side,
      mustBe: "between \(Self.sides.lowerBound) and \(Self.sides.upperBound) pixels")
    guard [.auto, .scaleSpace, .svd].contains(finder.route) else {
      throw ParameterError(
        "\(setting("tile")) finds columns by \(setting("method", "scale-space")) or svd, but not by \(finder.route.rawValue); leave one of both out"
      )
    }
    let survey = try Survey(of: image, windows: Self.windows, side: Self.windowSide)
    (low, high) = (survey.low, survey.high)
    unit = Preparation.unit(of: max(abs(low), abs(high)))
    (self.preparation, self.finder, isInverted, spacing, scaleReason, warnings) = (
      preparation, finder, false, 0, "", []
    )
    grid = MosaicGrid(width: image.width, height: image.height, side: side, halo: 0)
    var failure: (any Error)?
    for window in survey.windows {
      var sample = image.facts
      let unit = unit
      sample.pixels = unit == 1 ? window.pixels : window.pixels.map { Float(Double($0) / unit) }
      do {
        var prepared = try preparation.prepared(sample)
        let found = try finder.columns(in: &prepared, name: sample.name)
        try settle(found, prepared)
        self.sample = window.corner
        return
      } catch let error as DataError { failure = failure ?? error }
    }
    throw failure ?? DataError("\(image.facts.name): no atom columns were found")
  }

  /// Takes over what a sample showed.
  private mutating func settle(_ found: ColumnFinder.Found, _ prepared: Preparation.Prepared) throws {
    guard found.route == .scaleSpace || found.route == .svd else {
      throw DataError(
        "the columns look like single atoms without order, which are judged by the whole image; leave out \(setting("tile")), or choose "
          + setting("method", "scale-space"))
    }
    isInverted = prepared.isInverted
    (finder.route, finder.scale, finder.fit.shape, scaleReason) = (
      found.route, found.scale, found.shape, found.scaleReason
    )
    spacing = PlanarIndex(found.sites.positions).medianSpacing ?? 4 * found.scale
    grid.halo = max(Self.smallestHalo, Int(saturating: (Self.haloInScales * found.scale).rounded(.up)))
    warnings = found.warnings.filter { $0.hasPrefix("these") || $0.hasPrefix(ColumnFinder.lineWarning) }
    if prepared.isInverted && preparation.contrast == .auto {
      warnings.append("columns look dark, so the contrast was inverted")
    }
    preparation.contrast = .bright
  }

  /// Sorts columns by classes from now on.
  /// - Throws: `DataError` where the sample cannot be described as the classes were.
  package mutating func sort(by sorter: MosaicSorter, in image: MosaicImage) throws {
    var sorter = sorter
    let side = Self.windowSide
    var sample = try image.part(x: sample.x, y: sample.y, width: side, height: side)
    sample.pixels = taken(sample.pixels)
    var prepared = try preparation.prepared(sample)
    try sorter.findTurn(of: try finder.columns(in: &prepared, name: sample.name), in: prepared)
    let reach = sorter.reach(scale: finder.scale ?? 0) + Int(saturating: MosaicSites.margin(spacing).rounded(.up))
    grid.halo = max(grid.halo, reach)
    if sorter.wasLevelled {
      warnings.append(
        "the classes were learned from patches of levelled brightness, so that of each tile is levelled before its columns are sorted, where at "
          + "least 100 of them share a lattice; heights in the table are those of the image")
    }
    self.sorter = sorter
  }

  /// The square about the sample, of twice the side of a tile, by which classes are learned where they are to be those of the image.
  package func part(of image: MosaicImage) throws -> Micrograph {
    let side = 2 * grid.side
    func start(_ corner: Int, _ length: Int) -> Int {
      max(0, min(corner + min(Self.windowSide, length) / 2 - side / 2, length - side))
    }
    return try image.part(
      x: start(sample.x, image.width), y: start(sample.y, image.height), width: side, height: side)
  }

  /// Whether tiles can be cut and their columns sorted by a plan that was read.
  var isConsistent: Bool {
    grid.isConsistent && Self.sides ~= grid.side && spacing > 0 && spacing.isFinite && unit > 0 && unit.isFinite
      && sorter?.model.isConsistent ?? true
  }

  /// Pixels of a tile as the finder takes them: in the unit, columns bright.
  func pixels(of tile: MosaicGrid.Tile, in lines: Raster<Float>, from first: Int) -> Raster<Float> {
    let part = lines.cropped(
      x: tile.outerX.lowerBound, y: tile.outerY.lowerBound - first, width: tile.outerX.count, height: tile.outerY.count)
    return taken(part)
  }

  /// Pixels in the unit of the plan, columns bright.
  private func taken(_ part: Raster<Float>) -> Raster<Float> {
    guard unit != 1 || isInverted else { return part }
    let sum = Double(low) + Double(high)
    return part.map { Float((isInverted ? sum - Double($0) : Double($0)) / unit) }
  }

  /// What one reading of the image tells.
  private struct Survey {
    var low = Float.infinity
    var high = -Float.infinity
    /// The liveliest first.
    var windows: [(corner: SIMD2<Int>, pixels: Raster<Float>)]

    init(of image: MosaicImage, windows count: Int, side: Int) throws {
      let (width, height) = (min(side, image.width), min(side, image.height))
      // Spread over the image, not at its border where it is much larger.
      func starts(_ length: Int, _ part: Int) -> [Int] {
        let number = min(count, max(1, length / part))
        return (0..<number).map { (2 * $0 + 1) * (length - part) / (2 * number) }
      }
      let (xs, ys) = (starts(image.width, width), starts(image.height, height))
      var values = [[Float]](repeating: [], count: xs.count * ys.count)
      var (low, high) = (Float.infinity, -Float.infinity)
      try image.forEachLine { y, line in
        for value in line where value.isFinite { (low, high) = (min(low, value), max(high, value)) }
        for (j, top) in ys.enumerated() where (top..<top + height).contains(y) {
          for (i, left) in xs.enumerated() {
            values[j * xs.count + i] += line[line.startIndex + left..<line.startIndex + left + width]
          }
        }
        return true
      }
      guard low <= high else {
        throw DataError("\(image.facts.name): no pixel holds a finite value; export the image again")
      }
      (self.low, self.high) = (low, high)
      let rasters = values.map { Raster(width: width, height: height, values: $0) }
      let energies = rasters.map(Self.structure)
      windows = rasters.indices.sorted { (energies[$0], -$0) > (energies[$1], -$1) }.map {
        (SIMD2(xs[$0 % xs.count], ys[$0 / xs.count]), rasters[$0])
      }
    }

    /// Variance of the means of blocks, which noise hardly has.
    private static func structure(of raster: Raster<Float>) -> Double {
      let side = 4
      var means: [Double] = []
      for y in stride(from: 0, to: raster.height - side + 1, by: side) {
        for x in stride(from: 0, to: raster.width - side + 1, by: side) {
          var sum = 0.0
          for j in 0..<side { for i in 0..<side { sum += Double(raster[x + i, y + j]) } }
          if sum.isFinite { means.append(sum) }
        }
      }
      return means.isEmpty ? 0 : Statistics.deviation(means)
    }
  }
}
