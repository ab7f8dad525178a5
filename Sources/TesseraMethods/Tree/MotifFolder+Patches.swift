import TesseraFormats
import TesseraImaging
import TesseraNumerics
import TesseraStructure

extension MotifFolder {
  /// Smaller patches show a column without what surrounds it.
  private static let smallestPatch = 5

  /// The moments of the first run, or those of patches of another size, cut anew from the image that its reconstruction and residual hold.
  ///
  /// The background of a patch is the fitted one at its column, or at the column nearest to a vacant node. Columns outside a patch are taken out
  /// of it as in the first run.
  /// - Parameter side: of the patches, in pixels, odd; nil: that of the first run.
  /// - Returns: one row of moments per row of `sites.csv`, NaN where a site has no whole patch, and the standard deviation of a moment from
  ///   the noise of the pixels.
  /// - Throws: `ParameterError` for a side that is even, below 5 or above half the image; `DataError` where the folder holds no image, or the first run
  ///   levelled the brightness of its patches.
  package func description(side: Int?) throws -> (moments: ZernikeMoments, noise: Double) {
    guard let side, side != moments.side else { return (moments, momentNoise) }
    guard let image = try image() else {
      throw DataError(
        "\(path): has no reconstruction.tif to cut patches of another size from; run analyze or motifs again")
    }
    let limit = min(image.width, image.height) / 2
    try require(
      side >= Self.smallestPatch && side <= limit && !side.isMultiple(of: 2), setting("patch size"), is: side,
      mustBe: "an odd number between \(Self.smallestPatch) and half the image, \(limit) pixels")
    guard !settings.levelsBrightness else {
      throw DataError(
        "\(path): the brightness of its patches was levelled, which the folder does not hold; "
          + "run analyze or motifs with \(setting("patch size", "\(side)")) instead")
    }
    let basis = try settings.descriptor.basis(side: side)
    let jumps = ScanJumps(of: image)
    var sites = try fittedSites()
    var cut = basis.moments(
      of: MotifMethod.patches(
        of: image, around: sites, side: side, measured: image.map(\.isFinite), jumps: jumps)
    ).lowered(by: Self.backgrounds(under: sites))
    if settings.isolatesPatches {
      for index in sites.sites.indices { sites[index].position = jumps.straightened(sites[index].position) }
      cut = PatchIsolation.isolated(cut, of: sites, inside: (image.width, image.height), basis: basis)
    }
    let first = try settings.descriptor.basis(side: moments.side)
    return (cut, momentNoise * (basis.meanNoiseGain / first.meanNoiseGain).squareRoot())
  }

  /// The sites with all that the table tells of their fits.
  private func fittedSites() throws -> Sites {
    var sites = try places().sites
    let names = ["amplitude", "sigma_major", "sigma_minor", "background"]
    let columns = names.map { self.sites.column($0) }
    for (index, row) in self.sites.rows.enumerated() {
      let values = columns.map { column in column.flatMap { Double(row[$0]) } ?? .nan }
      (sites[index].amplitude, sites[index].sigmaMajor) = (values[0], values[1])
      (sites[index].sigmaMinor, sites[index].background) = (values[2], values[3])
    }
    return sites
  }

  /// The background at each site, in the image's unit; 0 where no column was fitted at all.
  private static func backgrounds(under sites: Sites) -> [Double] {
    let fitted = sites.sites.filter(\.background.isFinite)
    let index = PlanarIndex(fitted.map(\.position))
    return sites.sites.map { site in
      site.background.isFinite
        ? site.background : index.nearest(1, to: site.position).first.map { fitted[$0].background } ?? 0
    }
  }
}
