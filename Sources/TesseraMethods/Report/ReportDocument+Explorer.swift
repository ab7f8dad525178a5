import Foundation
import TesseraFigures
import TesseraImaging
import TesseraNumerics

extension ReportDocument {
  /// The image and the layout of its sites as two linked views: a site that is pointed at in one lights up in the other.
  ///
  /// Browsers that run scripts show it; on paper and without scripts there is nothing of it, so it repeats what figures of the
  /// report show. The values of the sites are in the page: 21 bytes per site, 28 characters as base64.
  public struct Explorer: Sendable {
    /// One site of the image.
    public struct Site: Sendable {
      /// In pixels of the image.
      public var position: Point
      /// Place in the layout in any unit, y down; nil where the site has none.
      public var layout: Point?
      /// Height of the column in the image's units; NaN where there is none.
      public var height: Double
      /// Whether it is a node of the lattice without a column.
      public var isVacant: Bool
      /// Whether its centre lies outside the image: it is no column of the image.
      public var isOutside = false
      /// Class of the site, 1 ... `styles.count`; 0 for none.
      public var label: Int
      /// Probability of the class, 0 ... 1.
      public var confidence: Double

      /// A site at a position in pixels, with its class: `label` counts from 1 in the order of the explorer's styles.
      public init(
        position: Point, layout: Point? = nil, height: Double, isVacant: Bool = false, label: Int, confidence: Double
      ) {
        (self.position, self.layout, self.height, self.isVacant) = (position, layout, height, isVacant)
        (self.label, self.confidence) = (label, confidence)
      }
    }

    /// The image, shown between the standard quantiles of its intensities.
    public var image: Raster<Float>
    /// Nil: lengths are given in pixels only.
    public var calibration: Calibration?
    /// In the order of `sites.csv`, so that their place in the list is their id.
    public var sites: [Site]
    /// Looks of the classes 1, 2, ...
    public var styles: [ClassStyle]
    /// Numbers of the classes as the tables give them, such as `2.1`.
    public var numbers: [String]

    /// Pages with more sites would grow beyond what is sent by mail: 200,000 sites are 5.6 MB.
    public static let mostSites = 200_000
    /// Longest side of the picture in pixels: at most about 1.5 MB of base64 in a noisy micrograph.
    static let longestSide = 1280

    /// Linked views; `numbers` holds one number for each style.
    public init(
      image: Raster<Float>, calibration: Calibration?, sites: [Site], styles: [ClassStyle], numbers: [String]
    ) {
      precondition(styles.count == numbers.count, "every class needs a number")
      (self.image, self.calibration, self.sites) = (image, calibration, sites)
      (self.styles, self.numbers) = (styles, numbers)
    }
  }
}

extension ReportDocument.Explorer {
  /// Whether there are so many sites that the page holds no views of them.
  var isTooLarge: Bool { sites.count > Self.mostSites }

  /// Stands for a value that is missing among 16-bit numbers.
  private static let none = UInt16.max

  /// Extent of the layout; nil without one.
  private var layoutBox: (low: Point, high: Point)? {
    let places = sites.compactMap(\.layout).filter { $0.x.isFinite && $0.y.isFinite }
    guard let first = places.first else { return nil }
    return places.reduce((first, first)) { (pointwiseMin($0.0, $1), pointwiseMax($0.1, $1)) }
  }

  /// The values of all sites, least significant byte first: x, y, height as 32-bit floats, then layout x, layout y, label,
  /// confidence as 16-bit numbers, then one byte that is 1 at vacant nodes; all sites of one value follow one another.
  func packed() -> Data {
    var data = Data(capacity: 21 * sites.count)
    func append(_ values: [some FixedWidthInteger]) {
      for value in values { withUnsafeBytes(of: value.littleEndian) { data.append(contentsOf: $0) } }
    }
    append(sites.map { Float($0.position.x).bitPattern })
    append(sites.map { Float($0.position.y).bitPattern })
    append(sites.map { Float($0.height).bitPattern })
    let box = layoutBox
    func share(_ value: Double?, _ low: Double?, _ high: Double?) -> UInt16 {
      guard let value, let low, let high, value.isFinite else { return Self.none }
      return UInt16((value - low) / max(high - low, .leastNormalMagnitude) * Double(Self.none - 1))
    }
    append(sites.map { share($0.layout?.x, box?.low.x, box?.high.x) })
    append(sites.map { share($0.layout?.y, box?.low.y, box?.high.y) })
    append(sites.map { UInt16(clamping: max(0, $0.label)) })
    append(
      sites.map { site in
        site.label > 0 && site.confidence.isFinite
          ? UInt16((max(0, min(1, site.confidence)) * Double(Self.none - 1)).rounded()) : Self.none
      })
    append(sites.map { UInt8($0.isVacant ? 1 : 0) })
    return data
  }

  /// What the script must know beside the values.
  private struct Facts: Encodable {
    struct Look: Encodable {
      var number, name, color: String
      var corners: [[Double]]
    }
    var count, width, height: Int
    /// nm per pixel.
    var pixel: [Double]?
    /// x, y, width, height.
    var layout: [Double]?
    var classes: [Look]
  }

  /// As JSON with its keys in order.
  func facts() -> String {
    func short(_ value: Double) -> Double { (value * 100).rounded() / 100 }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let facts = Facts(
      count: sites.count, width: image.width, height: image.height,
      pixel: calibration.map { [$0.nanometresPerPixelX, $0.nanometresPerPixelY] },
      layout: layoutBox.map { [$0.low.x, $0.low.y, $0.high.x - $0.low.x, $0.high.y - $0.low.y] },
      classes: zip(styles, numbers).map { style, number in
        .init(
          number: number, name: style.name, color: style.color.hexadecimal,
          corners: style.marker.corners.map { [short($0.x), short($0.y)] })
      })
    // Only numbers and texts: encoding cannot fail.
    return (try? encoder.encode(facts)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
  }

  /// The image as the page shows it.
  func picture() -> Data { plainPicture(of: image, longestSide: Self.longestSide) }

  /// Number of sites of the image without a class.
  var unclassifiedCount: Int { sites.count { !$0.isOutside && ($0.label < 1 || $0.label > styles.count) } }
}
