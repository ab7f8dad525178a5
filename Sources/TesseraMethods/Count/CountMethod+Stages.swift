import TesseraImaging
import TesseraNumerics
import TesseraStructure

extension ColumnIntensities {
  /// The sites with the intensities and errors that this fit gives them; NaN for a column centred outside the image, most
  /// of whose light nobody has seen.
  func measured(_ found: ColumnFinder.Found, in image: Raster<Float>) throws -> Sites {
    var sites = found.sites
    guard let result = try result(of: image, sites: sites, outside: found.outside) else { return sites }
    for k in sites.sites.indices {
      let isSeen = image.excess(of: sites[k].position) <= 0
      (sites[k].intensity, sites[k].intensityError) = isSeen ? (result.values[k], result.errors[k]) : (.nan, .nan)
    }
    return sites
  }
}

extension AtomCounter {
  /// Columns that the border cuts are not seen whole: their cross-sections are extrapolated, and those of two that only
  /// reach into the image are easily mistaken for each other's.
  func counts(of found: ColumnFinder.Found) throws -> Result {
    let sites = found.sites.sites
    return try counts(
      of: sites.map(\.intensity), errors: sites.map(\.intensityError), places: found.sites.positions,
      areWhole: found.accuracies.map { $0.flag != .border })
  }
}
