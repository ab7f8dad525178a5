import ArgumentParser
import Foundation
import TesseraImaging
import TesseraNumerics
import TesseraStructure

/// Geometric phase analysis of an image that is stored as a table; planes go to a table, seconds are printed as JSON.
struct PhaseTable: ThreadedBenchmark {
  static let configuration = CommandConfiguration(
    commandName: "phases", abstract: "Analyses the phases of an image and prints the times as JSON.")

  @Argument(help: "A table of single-precision pixels.") var input: String
  @OptionGroup var threads: Threads
  @Option(parsing: .unconditionalSingleValue, help: "First Bragg vector, cycles a pixel: --g1 x --g1 y.") var g1:
    [Double] = []
  @Option(parsing: .unconditionalSingleValue, help: "Second Bragg vector, cycles a pixel: --g2 x --g2 y.") var g2:
    [Double] = []
  @Option(help: "Standard deviation of the Gaussian mask, in units of the shorter |g|.") var maskRadius = 0.1
  @Option(help: "Runs, of which the fastest counts.") var repeats = 1
  @Option(help: "Where exx, eyy, exy and rotation go, one below the other.") var output: String?

  func run() throws {
    let table = try Table.floats(from: input)
    let image = Raster(width: table.columns, height: table.rows, values: table.values)
    var settings = GeometricPhase()
    settings.mask.radius = maskRadius
    if g1.count == 2 && g2.count == 2 { (settings.g1, settings.g2) = (Point(g1[0], g1[1]), Point(g2[0], g2[1])) }
    var best: [String: Double] = [:]
    var planes: [Raster<Float>] = []
    for _ in 0..<max(1, repeats) {
      let outcome = try timed { try settings.outcome(of: image) }
      let map = try timed {
        let field = outcome.result.field
        return field.map(source: .gpa, reference: try StrainReference.lattice.vectors(in: field))
      }
      let total = outcome.seconds + map.seconds
      planes = map.result.planes.all
      if total < best["total"] ?? .infinity {
        best = ["phases": outcome.seconds, "map": map.seconds, "total": total, "resolution": map.result.resolution]
      }
    }
    if let output { try Table.write(planes.flatMap(\.values), rows: 4 * image.height, to: output) }
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    print(String(decoding: try encoder.encode(best), as: UTF8.self))
  }
}
