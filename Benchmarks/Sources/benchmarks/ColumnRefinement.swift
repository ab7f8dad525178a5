import ArgumentParser
import Foundation
import TesseraFitting
import TesseraImaging
import TesseraNumerics
import TesseraStructure

/// Fits columns at given places; the numbers a comparison needs come back as JSON.
struct ColumnRefinement: ThreadedBenchmark {
  static let configuration = CommandConfiguration(
    commandName: "columns", abstract: "Refines columns at given places and prints the times as JSON.")

  @Argument(help: "The image, a table as `Table` writes it.") var image: String
  @Argument(help: "Places, a table of x and y in pixels.") var places: String
  @OptionGroup var threads: Threads
  @Option(help: "shared, round or elliptical.") var shape = ColumnFit.Shape.elliptical
  @Option(help: "Runs, of which the fastest counts.") var repeats = 1
  @Option(help: "Where the refined places go.") var output: String?

  func run() throws {
    let (pixels, seeds) = (try Table.floats(from: image), try Table.floats(from: places))
    let raster = Raster(width: pixels.columns, height: pixels.rows, values: pixels.values)
    let positions = (0..<seeds.rows).map { Point(Double(seeds[$0, 0]), Double(seeds[$0, 1])) }
    var preparation = Preparation()
    preparation.contrast = .bright
    var finder = ColumnFinder()
    finder.fit.shape = shape
    var best = (preparation: Double.infinity, fit: Double.infinity)
    var refined = Sites([])
    for _ in 0..<max(1, repeats) {
      let prepared = try timed { try preparation.prepared(Micrograph(name: image, pixels: raster)) }
      let found = try timed { try finder.fitted(at: positions, in: prepared.result, name: image) }
      best = (min(best.preparation, prepared.seconds), min(best.fit, found.seconds))
      refined = found.result.sites
    }
    if let output { try Table.write(refined.positions.flatMap { [$0.x, $0.y] }, rows: refined.count, to: output) }
    print(
      "{\"columns\": \(refined.count), \"preparation\": \(best.preparation), \"fit\": \(best.fit), "
        + "\"ms_a_column\": \(1e3 * best.fit / Double(max(1, refined.count)))}")
  }
}

// The library knows no argument parser, and this program ends with this file.
// swift-format-ignore: AvoidRetroactiveConformances
extension ColumnFit.Shape: @retroactive ExpressibleByArgument {}
