import Foundation
import TesseraFormats
import TesseraImaging
import TesseraMethods
import TesseraNumerics
import TesseraSimulation
import TestSupport
import Testing

struct `Tables of labels` {
  private let folder = TemporaryFolder()

  /// A simulated image of 200 x 160 pixels in the folder, and its columns inside.
  private func image(_ name: String) throws -> [Point] {
    var options = SimulationOptions()
    (options.width, options.height, options.dose) = (200, 160, 1e5)
    let simulated = try Simulation(specimen: "square", options: options).run()
    try TIFFWriter.write([simulated.micrograph.pixels], to: folder / name)
    return simulated.sites.map(\.position).filter { (0...199).contains($0.x) && (0...159).contains($0.y) }
  }

  private func table(_ name: String, _ places: [Point]) throws -> String {
    let text = "x,y\n" + places.map { "\($0.x),\($0.y)\n" }.joined()
    try Data(text.utf8).write(to: URL(filePath: folder / name))
    return folder / name
  }

  private func fault(_ files: LabelFiles) -> String {
    do {
      _ = try files.read(side: 128)
      return ""
    } catch { return "\(error)" }
  }

  @Test func `find the image of their name, or the one that is named`() throws {
    let places = try image("a.tif")
    let beside = try LabelFiles(tables: [table("a.csv", places)]).read(side: 128)
    #expect(beside.images.entries[0].columns == places && beside.warnings.isEmpty)
    let other = try LabelFiles(tables: [table("a.columns.csv", places)]).read(side: 128)
    #expect(other.images == beside.images)
    let named = try LabelFiles(tables: [table("b.csv", places)], images: [folder / "a.tif"]).read(side: 128)
    #expect(named.images == beside.images)
    // A column of this specimen is some pixels wide.
    #expect((0.7...6).contains(beside.images.entries[0].sigma))
    #expect(
      fault(LabelFiles(tables: [try table("c.csv", places)])).contains("beside it there is no image of the name c"))
    #expect(
      fault(LabelFiles(tables: [folder / "a.csv", folder / "b.csv"], images: [folder / "a.tif"]))
        .contains("2 tables have labels, but 1 images"))
  }

  @Test func `are refused where they cannot belong to their image`() throws {
    let places = try image("a.tif")
    #expect(fault(LabelFiles(tables: [try table("a.csv", [])])).contains("label"))
    let far = places.map { $0 + Point(150, 0) }
    #expect(fault(LabelFiles(tables: [try table("a.csv", far)])).contains("lie outside its image"))
    let spacing = PlanarIndex(places).medianSpacing!
    let wrong = places.map { $0 + Point(spacing / 2, spacing / 2) }.filter { $0.x < 199 && $0.y < 159 }
    #expect(fault(LabelFiles(tables: [try table("a.csv", wrong)])).contains("do not lie on bright spots"))
    #expect(fault(LabelFiles(tables: [folder / "none.csv"], images: [folder / "a.tif"])) != "")
  }

  @Test func `that lie beside the spots of their image are told by how much`() throws {
    let places = try image("a.tif").filter { (10...180).contains($0.x) && (10...140).contains($0.y) }
    let moved = try LabelFiles(tables: [table("a.csv", places.map { $0 + Point(2, -1) })]).read(side: 128)
    #expect(
      moved.warnings.count == 1 && moved.warnings[0].contains("-2 pixels to the right and 1 further down"),
      "\(moved.warnings)")
    // As scattered as those of a careful person.
    var random = RandomSource(seed: 2)
    let careful = places.map { $0 + Point(0.5 * random.gaussian(), 0.5 * random.gaussian()) }
    #expect(try LabelFiles(tables: [table("a.csv", careful)]).read(side: 128).warnings.isEmpty)
  }

  @Test func `are refused with images that are too small, and doubled labels are one`() throws {
    let places = try image("a.tif")
    let table = try table("a.csv", places + [places[0], Point(-30, 5)])
    let read = try LabelFiles(tables: [table]).read(side: 128)
    #expect(read.images.labelCount == places.count)
    #expect(read.warnings == ["\(table): 1 labels outside the image and 1 at the place of another one were left out"])
    do {
      _ = try LabelFiles(tables: [table]).read(side: 192)
      Issue.record("an image of 160 rows is trained on in parts of 192")
    } catch { #expect("\(error)".contains("needs 192 x 192 pixels at least")) }
  }
}
