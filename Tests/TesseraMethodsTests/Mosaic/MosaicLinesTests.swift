import Foundation
import TesseraFormats
import TesseraImaging
import TesseraMethods
import TesseraNumerics
import TesseraSimulation
import TesseraStructure
import Testing

@Suite struct `Scan lines of a mosaic` {
  @Test(arguments: [(1024, 256, 40), (1024, 256, 256), (1024, 256, 300), (700, 128, 600)])
  func `are handed to every row of tiles that needs them`(height: Int, side: Int, halo: Int) throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("tessera-rows-\(UUID().uuidString).npy")
      .path
    defer { try? FileManager.default.removeItem(atPath: path) }
    // Each pixel holds the number of its line.
    try NPYWriter.write((0..<height * 2).map { Float($0 / 2) }, shape: [height, 2], to: path)
    let mosaic = try MosaicImage(try ImageFile.open(path: path))
    let grid = MosaicGrid(width: 2, height: height, side: side, halo: halo)
    for rows in [0..<grid.rows, 1..<grid.rows, 0..<1] {
      var seen: [Int] = []
      try mosaic.forEachRow(of: grid, in: rows) { row, lines in
        seen.append(row)
        let wanted = grid.lines(ofRow: row)
        #expect(lines.height == wanted.count && lines[0, 0] == Float(wanted.lowerBound))
        #expect(lines[1, lines.height - 1] == Float(wanted.upperBound - 1))
      }
      #expect(seen == Array(rows))
    }
  }

  @Test(.slow) func `of uneven brightness leave no mark on the heights of columns`() throws {
    var options = SimulationOptions()
    (options.width, options.height) = (640, 640)
    var image = try Simulation(specimen: "hexagonal", options: options).run().micrograph.pixels
    let height = Statistics.quantile(image.values, 0.99) - Statistics.quantile(image.values, 0.05)
    var random = RandomSource(seed: 4)
    for y in 0..<image.height {
      let offset = 0.05 * height * Float(random.gaussian())
      for x in 0..<image.width { image[x, y] += offset }
    }
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("tessera-lines-\(UUID().uuidString).npy")
      .path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try NPYWriter.write(image.values, shape: [image.height, image.width], to: path)
    let mosaic = try MosaicImage(try ImageFile.open(path: path))
    let plan = try MosaicPlan(for: mosaic, side: 320, preparation: Preparation(), finder: ColumnFinder())
    #expect(plan.warnings.contains { $0.hasPrefix("scan lines differ in brightness by") }, "\(plan.warnings)")
    let columns = try MosaicMethod(mosaic, plan: plan).sites().items.map(\.site)
    let inner = columns.filter { abs($0.position.x - 320) < 280 && abs($0.position.y - 320) < 280 }
    #expect(inner.count > 400)
    // Heights of the columns of one row share what is left of the offsets; noise alone differs from column to column.
    let rows = Dictionary(grouping: inner) { Int(($0.position.y / 4).rounded()) }.values.filter { $0.count >= 10 }
    let means = rows.map { row in Statistics.mean(row.map(\.amplitude)) }
    #expect(
      Statistics.deviation(means) < 0.015 * Statistics.mean(means),
      "\(Statistics.deviation(means) / Statistics.mean(means))")
  }
}
