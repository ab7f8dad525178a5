import TesseraNumerics
import TesseraStructure

extension MotifResult {
  /// Patches of the image without its slow background, around all sites, all as bright as at the median where brightness was levelled and
  /// as if the scan had not jumped: what was described and sorted.
  var patches: Patches {
    let flat = finding.flattened(prepared.image)
    return MotifMethod.patches(
      of: brightness?.levelled(flat) ?? flat, around: sites, side: patchSize, measured: prepared.isMeasured,
      jumps: jumps)
  }

  /// The micrograph rebuilt from the mean patches of its classes on the fitted background, and what is left of it.
  ///
  /// Both are of the prepared image: columns bright, in its unit. NaN where no classified site reaches; the residual also
  /// where the image was not measured.
  public func reconstruction() -> (image: Raster<Float>, residual: Raster<Float>) {
    let image = prepared.image
    let straight = MotifReconstruction(
      of: patches, labels: classes.labels, width: image.width, height: image.height
    ).image
    var rebuilt = jumps.jumping(straight, empty: .nan)
    if let brightness { rebuilt = brightness.applied(to: rebuilt) }
    for index in rebuilt.values.indices { rebuilt.values[index] += finding.background.values[index] }
    let whole = rebuilt
    let residual = concurrentRows(width: image.width, height: image.height, of: Float.nan) { y, row in
      for x in 0..<row.count where prepared.isMeasured[x, y] { row[x] = image[x, y] - whole[x, y] }
    }
    return (whole, residual)
  }
}
