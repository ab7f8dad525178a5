import Foundation
import TesseraFitting
import TesseraFormats
import TesseraNumerics
import TesseraStructure

/// The columns of some rows of tiles as a file, by which machines that share the work give them to the one that joins them.
///
/// After a line of text with the checksum of the plan and the numbers of items and tiles: for each column 21 numbers of eight bytes,
/// little-endian.
package struct MosaicPart: Sendable {
  package var sites: MosaicSites
  /// Of the plan by which the columns were found (`MosaicPlan.checksum`).
  package var plan: String

  package init(_ sites: MosaicSites, plan: String) { (self.sites, self.plan) = (sites, plan) }

  private static let mark = "tessera-mosaic-part-3"
  private static let numbers = 21
  private static let longestHeader = 256

  package var data: Data {
    var values: [UInt64] = []
    values.reserveCapacity(sites.items.count * Self.numbers)
    for item in sites.items {
      let (s, a) = (item.site, item.accuracy)
      let flag = a.flag.flatMap { ColumnAccuracy.Flag.allCases.firstIndex(of: $0) }.map { Double($0 + 1) } ?? 0
      let kind = Site.Kind.allCases.firstIndex(of: s.kind).map(Double.init) ?? 0
      for value in [
        s.position.x, s.position.y, s.amplitude, s.sigmaMajor, s.sigmaMinor, s.angle, s.background, s.intensity,
        s.intensityError,
        a.position.x, a.position.y, a.correlation, a.amplitude, a.intensity, a.sigma, a.quality, flag,
        Double(item.tile), Double(item.label.label), item.label.confidence, kind,
      ] { values.append(value.bitPattern.littleEndian) }
    }
    let header = "\(Self.mark) \(plan) \(sites.items.count) \(sites.tiles) \(sites.emptyTiles)\n"
    return Data(header.utf8) + values.withUnsafeBytes { Data($0) }
  }

  /// - Throws: `FormatError` where the file is no such part, or a part of it is missing.
  package init(path: String) throws {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw FormatError(.missing, "\(path): does not exist")
    }
    guard let end = data.prefix(Self.longestHeader).firstIndex(of: UInt8(ascii: "\n")) else { throw Self.damaged(path) }
    let words = String(decoding: data[..<end], as: UTF8.self).split(separator: " ")
    guard words.count == 5, words[0] == Self.mark, let count = Int(words[2]), let tiles = Int(words[3]),
      let empty = Int(words[4]),
      count >= 0, count <= data.count, data.count - end - 1 == count * Self.numbers * 8
    else { throw Self.damaged(path) }
    plan = String(words[1])
    sites = MosaicSites()
    (sites.tiles, sites.emptyTiles) = (tiles, empty)
    sites.items.reserveCapacity(count)
    let bytes = [UInt8](data[(end + 1)...])
    for index in 0..<count {
      let v = (0..<Self.numbers).map { k -> Double in
        let place = (index * Self.numbers + k) * 8
        return Double(bitPattern: bytes[place..<place + 8].reversed().reduce(0) { $0 << 8 | UInt64($1) })
      }
      guard let flag = Int(exactly: v[16]), (0...ColumnAccuracy.Flag.allCases.count).contains(flag),
        let tile = Int(exactly: v[17]), let label = Int(exactly: v[18]), label >= 0,
        let kind = Int(exactly: v[20]), Site.Kind.allCases.indices.contains(kind)
      else {
        throw Self.damaged(path)
      }
      let site = Site(
        position: Point(v[0], v[1]), amplitude: v[2], sigmaMajor: v[3], sigmaMinor: v[4], angle: v[5], background: v[6],
        intensity: v[7], intensityError: v[8], kind: Site.Kind.allCases[kind])
      let accuracy = ColumnAccuracy(
        position: Point(v[9], v[10]), correlation: v[11], amplitude: v[12], intensity: v[13], sigma: v[14],
        quality: v[15],
        flag: flag > 0 ? ColumnAccuracy.Flag.allCases[flag - 1] : nil)
      var item = MosaicSites.Item(site: site, accuracy: accuracy, tile: tile)
      item.label = MosaicSorter.Label(label: label, confidence: v[19])
      sites.items.append(item)
    }
  }

  /// The same of a file that holds some tiles of this plan.
  /// - Parameters:
  ///   - path: of the file.
  ///   - plan: by which its columns were found.
  ///   - checksum: of the plan (`MosaicPlan.checksum`).
  /// - Throws: `FormatError` also where the part belongs to another plan, or holds what no columns of this one are.
  package init(path: String, of plan: MosaicPlan, checksum: String) throws {
    try self.init(path: path)
    guard self.plan == checksum else {
      throw FormatError(in: path, "belongs to another mosaic; remove it and run again")
    }
    guard sites.fit(plan) else { throw Self.damaged(path) }
  }

  private static func damaged(_ path: String) -> FormatError {
    FormatError(in: path, "is no part of a mosaic, or not all of one; remove it and run again")
  }
}

extension MosaicPlan {
  /// The plan as JSON.
  package var json: Data { get throws { try JSONEncoder.forResults().encode(self) } }

  /// Tells a plan from others.
  package var checksum: String { get throws { FileStamp.checksum(try json) } }

  /// - Throws: `ParameterError` where the text is no plan.
  package init(json: String) throws {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    do { self = try decoder.decode(MosaicPlan.self, from: Data(json.utf8)) } catch {
      throw ParameterError("the plan of the mosaic cannot be read (\(error))")
    }
    guard isConsistent else {
      throw ParameterError("the plan of the mosaic does not divide any image into tiles; make it anew from the image")
    }
  }
}
