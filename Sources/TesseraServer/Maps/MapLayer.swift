import TesseraFormats
import TesseraNumerics

/// A map of a result over the micrograph: a page of one of its images, with the colours in which it is drawn.
struct MapLayer: Sendable, Encodable {
  enum Kind: String, Sendable, Encodable { case labels, values }

  /// Of the address, and for people.
  let name, title: String
  let kind: Kind
  /// The file below the result folder, and its page.
  private let file: String
  private let page: Int
  /// Pages that share their colours with it, so that they can be compared.
  private let companions: [Int]
  private let isSigned: Bool

  private enum CodingKeys: CodingKey { case name, title, kind }

  static func labels(_ name: String, _ title: String, file: String) -> MapLayer {
    MapLayer(name: name, title: title, kind: .labels, file: file, page: 0, companions: [], isSigned: false)
  }

  /// - Parameter isSigned: whether the colours are symmetric around zero.
  static func values(
    _ name: String, _ title: String, file: String, page: Int, with companions: [Int] = [], isSigned: Bool = true
  ) -> MapLayer {
    MapLayer(
      name: name, title: title, kind: .values, file: file, page: page, companions: companions, isSigned: isSigned)
  }

  private init(
    name: String, title: String, kind: Kind, file: String, page: Int, companions: [Int], isSigned: Bool
  ) {
    (self.name, self.title, self.kind) = (name, title, kind)
    (self.file, self.page, self.companions, self.isSigned) = (file, page, companions, isSigned)
  }

  /// What the page draws.
  struct Picture: Sendable {
    let pyramid: TilePyramid<UInt16>
    /// The values of the first and the last colour; of labels the first and the last label.
    let shown: ClosedRange<Double>
  }

  /// Reads the map.
  /// - Throws: `FormatError` where the file is damaged.
  func picture(in folder: String) throws -> Picture {
    let image = try ImageFile.open(path: "\(folder)/\(file)", options: .labels)
    let pixels = try image.read(frame: page).pixels
    guard kind == .values else {
      let labels = pixels.map { UInt16(max(0, min(65535, $0.isFinite ? $0 : 0))) }
      return Picture(pyramid: .labels(labels), shown: 1...Double(max(1, labels.values.max() ?? 1)))
    }
    let shown = try [pixels] + companions.map { try image.read(frame: $0).pixels }
    let limits = shown.map { Self.limits(of: $0, isSigned: isSigned) }
    let (low, high) = (limits.map(\.lowerBound).min() ?? 0, limits.map(\.upperBound).max() ?? 1)
    let known = pixels.values.lazy.filter(\.isFinite)
    let range = Double(known.min() ?? 0)...Double(known.max() ?? 1)
    return Picture(pyramid: .values(pixels, range: range), shown: low...max(high, low + .leastNormalMagnitude))
  }

  /// Limits that leave half a per cent of the values at either end; symmetric around zero for signed ones.
  private static func limits(of image: Raster<Float>, isSigned: Bool) -> ClosedRange<Double> {
    let known = image.values.filter(\.isFinite)
    guard !known.isEmpty else { return isSigned ? -1...1 : 0...1 }
    if isSigned {
      let limit = Double(Statistics.quantile(known.map(abs), 0.995))
      return -limit...limit
    }
    let (low, high) = (Double(Statistics.quantile(known, 0.005)), Double(Statistics.quantile(known, 0.995)))
    return low...max(low, high)
  }
}
