import TesseraImaging
import TesseraNumerics

/// Maps of the planes of a strain field: blue where negative, white at zero, red where positive, grey where unknown.
///
/// exx, eyy, exy and the hydrostatic strain share one scale, so that colours compare; the rotation has its own.
public struct StrainFigure: Sendable {
  /// Strains and rotation, one value per pixel.
  public var planes: StrainPlanes
  /// Pixel size for the scale bar; nil: it counts pixels.
  public var calibration: Calibration?
  /// Value of the last colour of the strains, and of the rotation in radians.
  public var strainLimit, rotationLimit: Double
  /// Direction of the first axis, from +x towards +y in radians; a sign in each map shows it.
  public var axis = 0.0
  /// Width of a map in the drawing.
  public var width = 380.0

  /// One map with the name of its file and what it shows.
  public struct Map: Sendable {
    /// Name of the plane in file names (`exx`, `rotation`), and title of the colour bar, with a unit where there is one.
    public var name, title: String
    /// The map with its colour bar.
    public var drawing: Drawing
  }

  /// - Parameters:
  ///   - planes: strains and rotation, one value per pixel; NaN where unknown.
  ///   - calibration: size of a pixel, for the scale bar; nil: it counts pixels.
  ///   - others: maps to be compared with these: all take the same scales.
  public init(_ planes: StrainPlanes, calibration: Calibration?, sharingScaleWith others: [StrainPlanes] = []) {
    (self.planes, self.calibration) = (planes, calibration)
    let all = [planes] + others
    func limit(_ rasters: [Raster<Float>]) -> Double {
      rasters.map { Contrast.symmetric(0.995).limits(of: $0).upperBound }.max() ?? 1
    }
    strainLimit = limit(all.flatMap { [$0.exx, $0.eyy, $0.exy] })
    rotationLimit = limit(all.map(\.rotation))
  }

  /// The five maps: exx, eyy, exy, rotation, hydrostatic.
  public var maps: [Map] {
    let rasters = planes.all + [planes.hydrostatic]
    let titles = ["exx", "eyy", "exy", "rotation (rad)", "hydrostatic"]
    return zip(zip(StrainPlanes.names + ["hydrostatic"], titles), rasters).map { names, raster in
      Map(name: names.0, title: names.1, drawing: drawing(of: raster, title: names.1))
    }
  }

  /// A map is smooth over many pixels, so the figure holds about one value for each of its own pixels.
  private func drawing(of raster: Raster<Float>, title: String) -> Drawing {
    let factor = max(1, min(raster.width, raster.height) / Int(saturating: width))
    let shown = factor > 1 ? raster.thinned(by: factor) : raster
    var figure = ImageFigure.signedMap(
      shown,
      calibration: calibration.flatMap {
        Calibration(x: $0.nanometresPerPixelX * Double(factor), y: $0.nanometresPerPixelY * Double(factor))
      },
      title: title, limit: title.hasPrefix("rotation") ? rotationLimit : strainLimit,
      summary:
        "Map of \(title), from \(Number.short(-strainLimit, digits: 2)) to \(Number.short(strainLimit, digits: 2))")
    if title.hasPrefix("rotation") {
      let limit = Number.short(rotationLimit, digits: 2)
      figure.summary = "Map of the rotation, from −\(limit) to \(limit) radians"
    }
    figure.width = width
    figure.thinning = Double(factor)
    switch title {
    case "exx", "eyy", "exy": figure = figure.adding(AxisMarks(.axes(angle: axis)))
    case "hydrostatic": break
    default: figure = figure.adding(AxisMarks(.turn))
    }
    return figure.drawing()
  }
}

extension Raster where Pixel == Float {
  /// Every n-th pixel of every n-th row, from the middle of the first block.
  fileprivate func thinned(by factor: Int) -> Raster {
    let (columns, rows) = (width / factor, height / factor)
    var part: [Float] = []
    part.reserveCapacity(columns * rows)
    for y in 0..<rows {
      for x in 0..<columns { part.append(values[(y * factor + factor / 2) * width + x * factor + factor / 2]) }
    }
    return Raster(width: columns, height: rows, values: part)
  }
}
