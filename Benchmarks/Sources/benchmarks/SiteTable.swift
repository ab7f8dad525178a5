import ArgumentParser
import TesseraImaging
import TesseraNumerics
import TesseraSimulation
import TesseraStructure

/// Zernike features and environments of the true sites of a simulated specimen.
struct SiteTable: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sites", abstract: "Writes features and labels of a simulated specimen's sites.")

  @Argument(help: "The specimen, such as mose2.") var specimen: String
  @Argument(help: "Writes NAME.features and NAME.labels.") var name: String
  @Option(help: "Detected counts in the brightest pixel.") var counts: Double?
  @Option(help: "Side of a patch in pixels, odd.") var patch = 25
  @Option(help: "Field of view in pixels.") var size = 1024
  @Flag(help: "Rotation-invariant features and environments.") var invariant = false
  @Option var seed: UInt64 = 1

  func run() throws {
    var options = SimulationOptions()
    (options.counts, options.seed, options.width, options.height) = (counts, seed, size, size)
    let image = try Simulation(specimen: specimen, options: options).run()
    let patches = Patches(of: image.micrograph.pixels, around: image.sites.map(\.position), side: patch)
    var descriptor = ZernikeDescriptor()
    descriptor.form = invariant ? .invariant : .full
    let kept = patches.existing
    let features = try descriptor.features(of: patches).selecting(rows: kept)
    let words = kept.map { invariant ? image.sites[$0].environment : image.sites[$0].environmentOriented }
    let known = Array(Set(words)).sorted()
    try Table.write(features.values, rows: features.rows, to: name + ".features")
    try Table.write(words.map { Int32(known.firstIndex(of: $0)! + 1) }, rows: words.count, to: name + ".labels")
    for (index, word) in known.enumerated() { print(index + 1, word, words.count { $0 == word }) }
  }
}
