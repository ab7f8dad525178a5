import Foundation
import TesseraFormats
import TesseraImaging
import TesseraLearning
import TesseraNumerics
import TesseraStructure

/// Scores a result against the truth: tables of sites, masks, label maps, or columns of labels.
public struct Evaluation: Sendable {
  /// What the files hold.
  public enum Subject: String, Sendable, CaseIterable {
    /// Two tables with places.
    case sites
    /// Images of two values, of which the pixels that are not 0 count.
    case mask
    /// Label maps, in which 0 is unknown, or tables with a column of labels.
    case labels
    /// Label maps in which each label is an object of its own, such as a particle; which number it has does not matter.
    case instances
  }

  /// Nil decides by the files: two tables with x and y hold sites, other tables labels; an image with more than two
  /// values, or with two of which none is 0, is a label map, any other a mask.
  public var subject: Subject?
  /// Largest distance of a match between sites, in pixels; nil for half the mean spacing of the truth.
  public var tolerance: Double?
  /// Whether nodes without a column (`kind` is `vacant`) count as sites; columns only otherwise.
  public var countsVacant = false
  /// Elements whose columns may stay unseen, such as O beside Sr: true sites of theirs do not count, and neither do found
  /// sites that match them.
  public var optionalElements: Set<String> = []
  /// The part of the image that counts, for sites; nil for all.
  public var region: Region?
  /// Columns with the labels; nil for `class` (or `label`, `environment`), and in the truth `environment` before others.
  public var column, truthColumn: String?

  /// Decides by the files what they hold, and counts columns only, over the whole image.
  public init() {}

  /// A rectangle of the image, such as the frame itself or the part somebody has labelled. True sites outside do not count;
  /// found ones outside do not either, unless they match one that does.
  public struct Region: Sendable, Equatable {
    /// The first corner and the extent, in pixels.
    public var x, y, width, height: Double

    /// A rectangle from (x, y), the corner nearest to the origin, of this extent, in pixels; its edges belong to it.
    public init(x: Double, y: Double, width: Double, height: Double) {
      (self.x, self.y, self.width, self.height) = (x, y, width, height)
    }

    func contains(_ place: Point) -> Bool {
      place.x >= x && place.x <= x + width && place.y >= y && place.y <= y + height
    }
  }

  /// The scores of one pair of files.
  public func scores(of predicted: String, truth: String) throws -> Scores {
    if isTable(predicted) && isTable(truth) {
      let tables = (try SiteTableFile(path: predicted), try SiteTableFile(path: truth))
      let isPlaced = tables.0.holdsPlaces && tables.1.holdsPlaces
      let subject = subject ?? (isPlaced ? .sites : .labels)
      guard region == nil || subject == .sites else { throw noRegion(predicted) }
      switch subject {
      case .sites: return try siteScores(tables.0, tables.1)
      case .labels: return try labelScores(tables.0, tables.1, byPlace: isPlaced)
      case .mask, .instances: throw DataError("\(predicted): is a table; masks and instances are images")
      }
    }
    guard region == nil else { throw noRegion(predicted) }
    let images = (try pixels(of: predicted), try pixels(of: truth))
    guard images.0.width == images.1.width, images.0.height == images.1.height else {
      throw DataError(
        "\(predicted): has \(images.0.width) x \(images.0.height) pixels, the truth \(images.1.width) x "
          + "\(images.1.height); both must have one size")
    }
    switch subject ?? (isLabelMap(images.0) || isLabelMap(images.1) ? .labels : .mask) {
    case .sites: throw DataError("\(predicted): is an image; sites are tables with columns x and y")
    case .mask:
      for (image, path) in [(images.0, predicted), (images.1, truth)] { try checkMask(image, path) }
      return Scores(MaskScore(images.0, truth: images.1))
    case .labels:
      return Scores(LabelScores(try labels(images.0, predicted), truth: try labels(images.1, truth), unknown: 0))
    case .instances:
      let (width, height) = (images.0.width, images.0.height)
      return Scores(
        InstanceScore(
          Raster(width: width, height: height, values: try labels(images.0, predicted)),
          truth: Raster(width: width, height: height, values: try labels(images.1, truth))))
    }
  }

  private func siteScores(_ predicted: SiteTableFile, _ truth: SiteTableFile) throws -> Scores {
    let (found, foundRows) = try places(predicted, withVacant: countsVacant)
    let (real, rows) = try places(truth, withVacant: countsVacant)
    var counts = real.map { region?.contains($0) ?? true }
    if !optionalElements.isEmpty {
      guard let elements = truth.elements else {
        throw DataError("\(truth.table.path): has no column element, so no element can be left out")
      }
      for index in real.indices where optionalElements.contains(elements[rows[index]]) { counts[index] = false }
    }
    // Columns centred outside the image are none of it, unless the truth lists them.
    let kinds = predicted.words(["kind"])
    let isOutside = foundRows.map { kinds?[$0] == "outside" }
    guard region != nil || counts.contains(false) || isOutside.contains(true) else {
      return Scores(SiteScore(found, truth: real, tolerance: tolerance))
    }
    let limit = tolerance ?? SiteMatch.defaultTolerance(of: real)
    var isScored = zip(found, isOutside).map { !$1 && region?.contains($0) ?? true }
    for match in SiteMatch(found, truth: real).matches where match.distance <= limit {
      isScored[match.predicted] = counts[match.truth]
    }
    let (scored, wanted) = (found.indices.filter { isScored[$0] }, real.indices.filter { counts[$0] })
    return Scores(SiteScore(scored.map { found[$0] }, truth: wanted.map { real[$0] }, tolerance: tolerance))
  }

  private func noRegion(_ path: String) -> ParameterError {
    ParameterError("\(path): only sites can be scored in a region; leave out \(setting("region")) for masks and labels")
  }

  /// Places in pixels, and the row of each.
  private func places(_ file: SiteTableFile, withVacant: Bool) throws -> ([Point], rows: [Int]) {
    let columns = try file.placeColumns(prefersNanometres: false)
    guard columns.unit == .pixel else {
      throw DataError(
        "\(file.table.path): holds positions as lengths, but sites are scored in pixels; convert the table to .csv with "
          + "`tessera convert` and \(setting("pixel size")) first")
    }
    let rows = file.rows(withVacant: withVacant, withOutside: true)
    return (try file.positions(columns, rows: rows), rows)
  }

  /// Labels of rows that match by place where both tables have places (vacant nodes included), else by order.
  private func labelScores(_ predicted: SiteTableFile, _ truth: SiteTableFile, byPlace: Bool) throws -> Scores {
    let found = try words(predicted, column, ["class", "label", "environment"])
    let real = try words(truth, truthColumn, ["environment", "label", "class"])
    var pairs: [(String, String)]
    if byPlace {
      let (here, there) = (try places(predicted, withVacant: true), try places(truth, withVacant: true))
      let limit = tolerance ?? SiteMatch.defaultTolerance(of: there.0)
      pairs = SiteMatch(here.0, truth: there.0).matches.filter { $0.distance <= limit }.map {
        (found[here.rows[$0.predicted]], real[there.rows[$0.truth]])
      }
    } else {
      guard found.count == real.count else {
        throw DataError(
          "\(predicted.table.path): has \(found.count) rows, the truth \(real.count); without columns x and y, rows are "
            + "compared by order")
      }
      pairs = Array(zip(found, real))
    }
    // A site without a label takes no part: it has no patch.
    pairs.removeAll { $0.0.isEmpty || $0.1.isEmpty }
    guard !pairs.isEmpty else {
      throw DataError("\(predicted.table.path): no row with a label matches one of the truth")
    }
    return Scores(LabelScores(numbered(pairs.map(\.0)), truth: numbered(pairs.map(\.1))), count: pairs.count)
  }

  private func words(_ file: SiteTableFile, _ wanted: String?, _ usual: [String]) throws -> [String] {
    let candidates = wanted.map { [$0] } ?? usual
    if let words = file.words(candidates) { return words }
    throw DataError(
      "\(file.table.path): has no column \(candidates.joined(separator: " or ")); it has "
        + file.table.header.joined(separator: ", "))
  }

  private func isTable(_ path: String) -> Bool {
    let kind = (path as NSString).pathExtension.lowercased()
    // What comes through a pipe has no name.
    if kind.isEmpty { return (try? SiteTableFile(path: path))?.holdsPlaces == true }
    return ["csv", "tsv", "txt", "xyz"].contains(kind)
  }

  private func pixels(of path: String) throws -> Raster<Float> {
    try ImageFile.open(path: path, options: .labels).read().pixels
  }

  /// A map of labels as a mask would say that all its labels are one.
  private func checkMask(_ image: Raster<Float>, _ path: String) throws {
    var seen: Set<Float> = []
    for value in image.values where !value.isNaN && seen.insert(value).inserted && seen.count > 2 {
      throw DataError(
        "\(path): has more than two values, so it is no mask; try \(setting("as", "labels")), or make a mask of it")
    }
  }

  private func isLabelMap(_ image: Raster<Float>) -> Bool {
    var seen: Set<Float> = []
    for value in image.values where !value.isNaN && seen.insert(value).inserted && seen.count > 2 { return true }
    return seen.count == 2 && !seen.contains(0)
  }

  private func labels(_ image: Raster<Float>, _ path: String) throws -> [Int] {
    // Whole numbers in the range of any label map; anything else is a picture.
    guard image.values.allSatisfy({ $0 >= 0 && $0 <= 65535 && $0 == $0.rounded() }) else {
      throw DataError(
        "\(path): holds values that are not labels (whole numbers from 0 to 65535); a map of labels, or a mask of two values, is needed"
      )
    }
    return image.values.map { Int($0) }
  }
}

/// Each word's index in the order of first appearance.
private func numbered(_ words: [String]) -> [Int] {
  var numbers: [String: Int] = [:]
  var result: [Int] = []
  for word in words {
    if numbers[word] == nil { numbers[word] = numbers.count }
    result.append(numbers[word]!)
  }
  return result
}
