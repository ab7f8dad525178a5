import Foundation
import TesseraNumerics

/// The patches of a `MotifPatches` set side by side in one image, in rows, class 1 first. Noise is that of the image
/// model; the set's own noise belongs to `MotifPatches.patches()`.
public struct MotifSheet: Specimen, Equatable {
  /// The patches of the sheet; their number and size decide the size of the image.
  public var motifs: MotifPatches

  /// - Parameter motifs: two classes of patches; `noise`, `counts` and `rowShift` are not used.
  public init(_ motifs: MotifPatches) { self.motifs = motifs }

  /// Patches a row: about as many as there are rows.
  public var patchesPerRow: Int { max(1, Int(Double(motifs.count).squareRoot().rounded(.up))) }

  /// The field that holds all patches, one image pixel a patch pixel.
  /// - Parameter nanometresPerPixel: what a pixel measures; of no consequence here.
  public func frame(nanometresPerPixel: Double) -> Frame {
    let rows = (motifs.count + patchesPerRow - 1) / patchesPerRow
    return Frame(
      width: patchesPerRow * motifs.size, height: rows * motifs.size, nanometresPerPixel: nanometresPerPixel)
  }

  /// The patches of a sheet's image, one per row, row-major pixels.
  public func patches(of image: Raster<Float>) -> Matrix<Float> {
    let pixels = motifs.size * motifs.size
    var values: [Float] = []
    values.reserveCapacity(motifs.count * pixels)
    for index in 0..<motifs.count {
      let (x, y) = (index % patchesPerRow * motifs.size, index / patchesPerRow * motifs.size)
      values += image.cropped(x: x, y: y, width: motifs.size, height: motifs.size).values
    }
    return Matrix(rows: motifs.count, columns: pixels, values: values)
  }

  /// One site for the middle of each patch: its class is sublattice and environment.
  public func scene(for request: SceneRequest) throws(ParameterError) -> Scene {
    try motifs.check()
    var scene = Scene()
    for index in 0..<motifs.count {
      let corner = Point(Double(index % patchesPerRow), Double(index / patchesPerRow)) * Double(motifs.size)
      let (label, centre) = index < motifs.firstCount ? (1, 1.0) : (2, motifs.centreHeight)
      let columns = motifs.columns(centre: centre).map {
        ImagedColumn(position: corner + $0.position, weight: $0.weight)
      }
      scene.columns += columns
      scene.sites.append(
        TrueSite(
          position: columns[0].position, element: "X", sublattice: "class\(label)", environment: "class\(label)"))
    }
    return scene
  }
}
