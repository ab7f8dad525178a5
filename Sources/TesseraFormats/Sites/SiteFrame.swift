import Foundation
import TesseraImaging
import TesseraNumerics

/// The image that sites were found in: with it, sites keep their place in files whose y runs up.
public struct SiteFrame: Sendable, Equatable {
  /// In pixels.
  public var width, height: Int
  /// Nil where unknown; lengths then have no frame.
  public var calibration: Calibration?

  /// The frame of an image of this size, in pixels.
  public init(width: Int, height: Int, calibration: Calibration?) {
    (self.width, self.height, self.calibration) = (width, height, calibration)
  }

  /// The image of a table in a result folder, as its `summary.json` states it; nil where there is none.
  public init?(besideTable path: String) {
    struct Summary: Decodable {
      struct Size: Decodable { var width, height: Int }
      struct PixelSize: Decodable { var x, y: Double }
      var image: Size
      var calibration: PixelSize?
      var version: String
    }
    let file = URL(fileURLWithPath: path).deletingLastPathComponent().appendingPathComponent("summary.json")
    guard let data = try? Data(contentsOf: file), data.count < 1 << 24,
      let summary = try? JSONDecoder().decode(Summary.self, from: data), summary.image.width > 0,
      summary.image.height > 0
    else { return nil }
    self.init(
      width: summary.image.width, height: summary.image.height,
      calibration: summary.calibration.flatMap { Calibration(x: $0.x, y: $0.y) })
  }

  /// Width and height in nm, a pixel's full size each; nil without a pixel size.
  var size: Point? { calibration.map { $0.nanometres(Point(Double(width), Double(height))) } }

  /// y of the centres of the first row in nm, above those of the last; nil without a pixel size.
  var firstRow: Double? { calibration.map { Double(height - 1) * $0.nanometresPerPixelY } }
}
