import TesseraImaging
import TesseraLearning
import TesseraNumerics
import TesseraStructure

/// Sorts the columns of a large image, tile by tile, by the classes of a result: of a part of the same image, or of another one.
package struct MosaicSorter: Sendable, Codable {
  /// The classes and how patches are described.
  package let model: TreeModel
  /// Whether the tails of columns outside the disc of a patch are taken out of its features.
  private let isolatesPatches: Bool
  /// Whether the brightness of the patches was levelled from which the classes were learned; then that of each tile is, too.
  package let wasLevelled: Bool
  /// Side of the patches in pixels of this image, odd.
  package let side: Int
  /// By how much the specimen is turned against that of the classes, from +x towards +y, in radians.
  package private(set) var turn = 0.0

  /// What a column is.
  package struct Label: Sendable, Equatable {
    /// Place of its class among those of the model, from 1; 0 where it fits none, or has no whole patch.
    package var label = 0
    /// How sure the class is, 0 ... 1.
    package var confidence = 0.0

    package init(label: Int = 0, confidence: Double = 0) { (self.label, self.confidence) = (label, confidence) }
  }

  /// - Parameters:
  ///   - path: result folder of `analyze` or `motifs`.
  ///   - calibration: of the image that is sorted.
  /// - Throws: `FormatError` where the folder is no such result.
  package init(result path: String, calibration: Calibration?) throws {
    let folder = try MotifFolder(path: path)
    model = try TreeMethod(folder).model()
    (isolatesPatches, wasLevelled) = (folder.settings.isolatesPatches, folder.settings.levelsBrightness)
    side = model.side(at: calibration)
  }

  /// How far beyond a column pixels and columns are needed: those of its patch, and those whose tails are taken out of it.
  func reach(scale: Double) -> Int { side / 2 + Int(saturating: (Self.tailInScales * scale).rounded(.up)) }

  /// Columns farther from the rim of a patch than so many smoothing scales, which are about their widths, leave nothing in it.
  private static let tailInScales = PatchIsolation.reach + PatchIsolation.borderMargin

  /// Finds how the specimen is turned, from a sample of the image.
  mutating func findTurn(of found: ColumnFinder.Found, in prepared: Preparation.Prepared) throws {
    let sample = try description(of: found, in: prepared)
    turn = model.turn(of: sample.moments, noise: sample.noise)
  }

  /// The classes of columns, in their order.
  /// - Throws: `DataError` where their patches cannot be described as those of the classes were.
  func labels(of found: ColumnFinder.Found, in prepared: Preparation.Prepared) throws -> [Label] {
    let (moments, noise) = try description(of: found, in: prepared)
    let features = model.descriptor.features(from: moments.turned(by: -turn))
    guard features.columns == model.discriminant.dimensions else {
      throw DataError(
        "patches of \(side) pixels give \(features.columns) features, the classes were learned with \(model.discriminant.dimensions); "
          + "pixels as small as those of the result are needed")
    }
    // What stands in these tables are columns: none is a vacant node.
    let isVacant = model.classes.compactMap(\.isVacant)
    let found = model.discriminant.assignment(
      of: features, noise: noise,
      kinds: isVacant.count == model.classes.count ? ([Bool](repeating: false, count: features.rows), isVacant) : nil)
    return zip(found.labels, found.confidence).map { Label(label: $0, confidence: $1) }
  }

  /// Moments of the patches around columns, and the standard deviation of a feature from the noise.
  private func description(
    of found: ColumnFinder.Found, in prepared: Preparation.Prepared
  ) throws -> (moments: ZernikeMoments, noise: Double) {
    let basis = try model.descriptor.basis(side: side)
    let field = wasLevelled ? Self.brightness(of: found.sites, in: prepared.image) : nil
    let flat = found.flattened(prepared.image)
    var moments = basis.moments(
      of: Patches(
        of: field?.levelled(flat) ?? flat, around: found.sites.positions, side: side, measured: prepared.isMeasured))
    if isolatesPatches {
      moments = PatchIsolation.isolated(
        moments, of: field?.levelled(found.sites) ?? found.sites,
        outside: field?.levelled(found.outside) ?? found.outside,
        inside: (prepared.image.width, prepared.image.height), basis: basis)
    }
    let noise =
      MotifMethod.momentNoise(found, prepared.image, basis: basis) * (field?.noiseFactor(at: found.sites) ?? 1)
    return (moments, model.descriptor.leastNoiseShare * noise)
  }

  /// How bright columns of one kind are over a tile beside its median; nil where they share no lattice, or are too few. The median itself
  /// is a factor of all features, which the classes fit for each tile.
  private static func brightness(of columns: Sites, in image: Raster<Float>) -> BrightnessField? {
    GrainFinder().crystals(
      of: columns.positions, heights: columns.sites.map(\.amplitude), width: image.width, height: image.height
    ).flatMap {
      BrightnessField(of: columns, sublattices: $0.sublattices, width: image.width, height: image.height)
    }
  }
}
