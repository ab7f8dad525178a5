import Foundation
import TesseraFormats
import TesseraImaging
import TesseraNumerics
import TesseraStructure
import TesseraTraining

/// Tables of labelled columns and their images, as they are read for a training.
public struct LabelFiles: Sendable {
  /// Paths of the tables.
  public var tables: [String]
  /// Paths of their images, in the same order; empty: beside each table the image of its name.
  public var images: [String]

  /// Tables, and their images in the same order where they do not lie beside the tables under the same name.
  public init(tables: [String], images: [String] = []) { (self.tables, self.images) = (tables, images) }

  /// Endings of files that are no images.
  private static let tableExtensions: Set<String> = ["csv", "txt", "tsv", "xyz", "cif", "json", "md"]
  /// Where more labels than this share lie outside the image, the table is one of another image.
  private static let largestOutside = 0.1
  /// The mean response at the labels is this many standard errors above zero at least, or the labels are none of bright spots.
  private static let leastSignificance = 3.0
  /// Labels closer than this, in pixels, are one.
  private static let samePlace = 0.5

  /// Reads all images with their labels.
  ///
  /// - Parameter side: every image is so wide and high at least, in pixels.
  /// - Returns: the images, and what a person should know of their labels.
  /// - Throws: `FormatError` for files, `DataError` for labels that cannot belong to their image.
  public func read(side: Int) throws -> (images: LabelledImages, warnings: [String]) {
    guard images.isEmpty || images.count == tables.count else {
      throw DataError(
        "\(tables.count) tables have labels, but \(images.count) images are named by \(setting("images")); name one image "
          + "for each table, in the same order")
    }
    var warnings: [String] = []
    // A missing table is named before its image is looked for.
    for table in tables { _ = try SiteList.read(path: table) }
    let entries = try tables.enumerated().map { index, table in
      try entry(table, image: images.isEmpty ? Self.image(beside: table) : images[index], side: side, &warnings)
    }
    return (LabelledImages(entries), warnings)
  }

  /// The one image with the name of a table or a mask in its folder.
  static func image(beside table: String) throws -> String {
    let path = table as NSString
    let folder = path.deletingLastPathComponent
    var stem = (path.lastPathComponent as NSString).deletingPathExtension
    for suffix in [".columns", ".sites", ".mask", ".instances"] where stem.hasSuffix(suffix) {
      stem = String(stem.dropLast(suffix.count))
    }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.isEmpty ? "." : folder)) ?? []
    let found = names.sorted().filter { name in
      let name = name as NSString
      return name.deletingPathExtension == stem && !tableExtensions.contains(name.pathExtension.lowercased())
    }
    guard found.count == 1 else {
      throw FormatError(
        .missing,
        "\(table): beside it \(found.isEmpty ? "there is no image" : "there are several images") of the name \(stem); name "
          + "the image of each table with \(setting("images"))")
    }
    return (folder as NSString).appendingPathComponent(found[0])
  }

  private func entry(
    _ table: String, image: String, side: Int, _ warnings: inout [String]
  ) throws -> LabelledImages.Entry {
    let micrograph = try ImageFile.open(path: image).read()
    let labels = try KnownColumns(tableAt: table, calibration: micrograph.calibration).sites.positions
    let prepared = try Preparation().prepared(micrograph)
    let pixels = prepared.image
    let size = "\(pixels.width) x \(pixels.height) pixels"
    guard min(pixels.width, pixels.height) >= side else {
      throw DataError("\(image): has \(size); an image to train on needs \(side) x \(side) pixels at least")
    }
    guard !labels.isEmpty else {
      throw DataError("\(table): contains no labels; an image to train on needs one at least")
    }
    let inside = labels.filter { place in
      place.x >= -0.5 && place.y >= -0.5 && place.x < Double(pixels.width) - 0.5
        && place.y < Double(pixels.height) - 0.5
    }
    let outside = labels.count - inside.count
    guard Double(outside) <= Self.largestOutside * Double(labels.count) else {
      throw DataError(
        "\(table): \(outside) of \(labels.count) labels lie outside its image \(image) of \(size); it seems to belong to "
          + "another image, or to hold another unit than pixels")
    }
    let index = PlanarIndex(inside)
    let places = inside.indices.filter { number in
      !index.neighbours(of: inside[number], within: Self.samePlace).contains { $0 < number }
    }.map { inside[$0] }
    if outside + inside.count - places.count > 0 {
      warnings.append(
        "\(table): \(outside) labels outside the image and \(inside.count - places.count) at the place of another one were "
          + "left out")
    }
    let found = try ColumnFinder().fitted(at: places, in: prepared, name: micrograph.name)
    // A fit on a textured support may take in the texture; the scale of the spots does not.
    let median = Statistics.median(found.sites.sites.map(\.sigmaMinor).filter(\.isFinite))
    let sigma = median.isFinite ? max(0.7, min(found.scale, median)) : found.scale
    let response = LabelResponse(of: pixels, sigma: sigma)
    try check(places, in: response, table: table, image: image)
    if let (u, v) = response.offset(of: places, reach: Self.offsetReach * max(1, sigma)) {
      warnings.append(
        "\(table): the labels lie beside the bright spots of \(image), which are \(u) pixels to the right and \(v) further down on average; a "
          + "network learns that offset: the image may be a part of the labelled one, or pixels may be counted from 1")
    }
    return .init(
      name: micrograph.name, pixels: pixels, columns: places, sigma: sigma)
  }

  /// Labels may lie beside their spots by so many standard deviations of a column.
  private static let offsetReach = 4.0
  /// Throws unless labels lie on bright spots: then they are those of another image, or x and y are exchanged.
  private func check(_ places: [Point], in response: LabelResponse, table: String, image name: String) throws {
    let (here, exchanged) = (
      response.significance(of: places), response.significance(of: places.map { Point($0.y, $0.x) })
    )
    if exchanged > Self.leastSignificance, exchanged > 2 * max(here, 0) {
      throw DataError(
        "\(table): the labels meet bright spots of \(name) only with x and y exchanged; exchange the two columns")
    }
    guard places.count < LabelResponse.fewestLabels || here > Self.leastSignificance else {
      throw DataError(
        "\(table): the labels do not lie on bright spots of \(name); they seem to belong to another image, or the "
          + "columns are dark")
    }
  }
}
