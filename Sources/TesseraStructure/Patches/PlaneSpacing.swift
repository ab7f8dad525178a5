import TesseraImaging
import TesseraNumerics

/// The distance of lattice planes in an image, or in a part of it, of whose columns nothing is known.
package enum PlaneSpacing {
  /// The finest spacing that is looked for, in pixels.
  private static let finest = 2.5
  /// At least so many planes cross an image whose ring is looked for.
  private static let fewestPlanes = 8.0
  /// Parts that a side is divided into, one after the other; a part has half of its side in common with the next.
  private static let divisions = [2, 4]

  /// In pixels; nil where neither the image nor a part of it shows planes.
  ///
  /// The first dominant ring of the power spectrum, else the two strongest reflections. A crystal beside other matter may have neither,
  /// since the taper of the spectrum looks at the middle of the image, and there the other matter may be: then those of the parts of the
  /// image are asked, and their median counts.
  package static func estimate(of image: Raster<Float>) -> Double? {
    ring(of: image) ?? reflections(of: image) ?? divisions.lazy.compactMap { parts(of: image, division: $0) }.first
  }

  private static func ring(of image: Raster<Float>) -> Double? {
    // The estimate looks at spacings from 0.4 to `widest` times that of columns, which nobody knows here.
    let columns = finest / 0.4
    let widest = Double(min(image.width, image.height)) / fewestPlanes / columns
    guard widest > 0.4 else { return nil }
    return PatchSize().estimate(of: PowerSpectrum(of: image), spacing: columns, widest: widest).planeSpacing
  }

  private static func reflections(of image: Raster<Float>) -> Double? {
    CrystalPlanes.spacing(of: image).flatMap { $0 >= CrystalPlanes.finest ? $0 : nil }
  }

  private static func parts(of image: Raster<Float>, division: Int) -> Double? {
    let (width, height) = (image.width / division, image.height / division)
    let places = 2 * division - 1
    let spacings = concurrentMap(count: places * places) { index in
      let (column, row) = (index % places, index / places)
      return reflections(of: image.cropped(x: column * width / 2, y: row * height / 2, width: width, height: height))
    }.compactMap { $0 }
    return spacings.isEmpty ? nil : Statistics.median(spacings)
  }
}
