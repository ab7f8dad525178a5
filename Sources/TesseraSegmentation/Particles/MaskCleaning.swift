import TesseraNumerics

/// Opening, closing and filling of masks.
package enum MaskCleaning {
  /// Without parts into which no disc of this radius fits.
  package static func opened(_ mask: Raster<Bool>, radius: Double) -> Raster<Bool> {
    guard radius > 0 else { return mask }
    return grown(shrunk(mask, by: radius), by: radius)
  }

  /// Without gaps into which no disc of this radius fits.
  package static func closed(_ mask: Raster<Bool>, radius: Double) -> Raster<Bool> {
    guard radius > 0 else { return mask }
    return shrunk(grown(mask, by: radius), by: radius)
  }

  private static func grown(_ mask: Raster<Bool>, by radius: Double) -> Raster<Bool> {
    DistanceTransform.distances(toWhere: mask).map { Double($0) <= radius }
  }

  /// The border of the image takes nothing away.
  private static func shrunk(_ mask: Raster<Bool>, by radius: Double) -> Raster<Bool> {
    DistanceTransform.distances(toWhere: mask.map { !$0 }).map { Double($0) > radius }
  }

  /// With the holes that do not reach the border of the image and have at most `largest` pixels.
  package static func filled(_ mask: Raster<Bool>, largest: Int) -> Raster<Bool> {
    var result = mask
    let holes = mask.map { $0 ? 0 : 1 }.connectedRegions()
    for hole in holes where hole.count <= largest {
      if LabelRegions.reachesBorder(hole, width: mask.width, height: mask.height) { continue }
      for index in hole { result.values[index] = true }
    }
    return result
  }
}
