import Foundation
import TesseraFitting
import TesseraFormats
import TesseraImaging
import TesseraMethods
import TesseraNumerics
import TesseraStructure
import TestSupport
import Testing

@Suite struct `Columns of a mosaic` {
  private static func item(_ x: Double, _ y: Double, tile: Int) -> MosaicSites.Item {
    .init(
      site: Site(position: Point(x, y), amplitude: 1, sigmaMajor: 2, sigmaMinor: 2, angle: 0, background: 0),
      accuracy: ColumnAccuracy(flag: .border), tile: tile)
  }

  @Test func `at the border of two tiles are one column, whoever places it where`() throws {
    let plan = try Self.planOfTwo()
    let pairs = [(499.4999, 499.5001), (499.5001, 499.4999), (499.2, 499.3), (499.8, 499.7)]
    for (left, right) in pairs {
      var sites = MosaicSites()
      sites.items = [Self.item(left, 100, tile: 0), Self.item(right, 100, tile: 1), Self.item(520, 100, tile: 1)]
      let joined = sites.joined(plan)
      #expect(joined.count == 2, "\(left) \(right)")
      #expect(joined[0].tile == ((left + right) / 2 < 499.5 ? 0 : 1))
    }
    // Two columns of one tile are two, however close.
    var two = MosaicSites()
    two.items = [Self.item(498, 100, tile: 0), Self.item(497, 100, tile: 0)]
    #expect(two.joined(plan).count == 2)
  }

  @Test func `are the same from a file`() throws {
    var sites = MosaicSites()
    sites.items = [Self.item(1.25, 2.5, tile: 3), Self.item(-0.1, .infinity, tile: 0)]
    sites.items[0].label = MosaicSorter.Label(label: 3, confidence: 0.75)
    sites.items[1].site.kind = .outside
    (sites.tiles, sites.emptyTiles) = (4, 1)
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("tessera-part-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let data = MosaicPart(sites, plan: "12345678").data
    try data.write(to: URL(fileURLWithPath: path))
    let read = try MosaicPart(path: path)
    #expect(read.plan == "12345678" && read.sites.tiles == 4 && read.sites.emptyTiles == 1)
    #expect(read.sites.items.map(\.site.position) == sites.items.map(\.site.position))
    #expect(read.sites.items.map(\.accuracy.flag) == [.border, .border] && read.sites.items.map(\.tile) == [3, 0])
    #expect(read.sites.items.map(\.label) == sites.items.map(\.label))
    // A column centred outside the image is none of its columns, on whatever machine it was found.
    #expect(read.sites.items.map(\.site.kind) == [.column, .outside] && read.sites.items.columnCount == 1)
    for count in [0, 3, 20, 60, data.count - 1] {
      try data.prefix(count).write(to: URL(fileURLWithPath: path))
      #expect(throws: FormatError.self) { try MosaicPart(path: path) }
    }
  }

  @Test func `of a damaged part are refused`() throws {
    let folder = TemporaryFolder()
    let plan = try Self.planOfTwo()
    func read(_ sites: MosaicSites, plan name: String = "12345678") throws -> MosaicSites {
      try MosaicPart(sites, plan: name).data.write(to: URL(fileURLWithPath: folder / "part"))
      return try MosaicPart(path: folder / "part", of: plan, checksum: "12345678").sites
    }
    var whole = MosaicSites()
    whole.items = [Self.item(480, 100, tile: 0), Self.item(520, 100, tile: 1)]
    (whole.tiles, whole.emptyTiles) = (2, 0)
    #expect(try read(whole).joined(plan).count == 2)
    #expect(throws: FormatError.self) { try read(whole, plan: "87654321") }
    let damages: [(inout MosaicSites) -> Void] = [
      { $0.items[1].site.position.x = .nan }, { $0.items[1].site.position.y = -.infinity },
      { $0.items[1].tile = 2 }, { $0.items[1].tile = -1 },
      // The plan sorts by no classes.
      { $0.items[0].label = MosaicSorter.Label(label: 1, confidence: 1) },
      { $0.tiles = .max }, { $0.tiles = -1 }, { $0.emptyTiles = 3 }, { $0.emptyTiles = -1 },
    ]
    for (number, damage) in damages.enumerated() {
      var sites = whole
      damage(&sites)
      #expect(throws: FormatError.self, "\(number)") { try read(sites) }
    }
  }

  @Test func `by a plan without a usable grid are refused`() throws {
    for grid in [(1000, 500, 0), (1000, 500, -500), (0, 500, 500), (1000, -1, 500), (.max, 500, 500)] {
      #expect(throws: ParameterError.self, "\(grid)") { try Self.plan(width: grid.0, height: grid.1, side: grid.2) }
    }
    #expect(throws: ParameterError.self) { try Self.plan(halo: -1) }
  }

  /// Of two tiles that meet at x = 499.5, in an image with columns 20 pixels apart.
  private static func planOfTwo() throws -> MosaicPlan { try plan() }

  private static func plan(
    width: Int = 1000, height: Int = 500, side: Int = 500, halo: Int = 64
  ) throws -> MosaicPlan {
    let json = """
      {"grid": {"width": \(width), "height": \(height), "side": \(side), "halo": \(halo)}, "low": 0, "high": 1, "unit": 1, "is_inverted": false,
       "finder": \(try text(ColumnFinder())), "preparation": \(try text(Preparation())), "spacing": 20, "sample": [0, 0], "scale_reason": "", "warnings": []}
      """
    return try MosaicPlan(json: json)
  }

  private static func text(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }
}
