import ArgumentParser
import TesseraNumerics
import TesseraSimulation
import TesseraStructure

/// Zernike features and true classes of synthetic motif patches, as input for this program and its peers.
struct MotifTable: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "motifs", abstract: "Writes features and labels of synthetic motif patches.")

  @Option(help: "Corners of the polygon.") var corners = 3
  @Option(help: "Patches of class 1.") var first = 500
  @Option(help: "Patches of class 2.") var second = 500
  @Option(help: "Gaussian noise, in heights of a Gaussian.") var noise = 0.0
  @Option(help: "Poisson counts at height 1.") var counts: Double?
  @Option var seed: UInt64 = 1
  @Argument(help: "Writes NAME.features and NAME.labels.") var name: String

  func run() throws {
    var motifs = MotifPatches()
    motifs.corners = corners
    (motifs.firstCount, motifs.secondCount) = (first, second)
    (motifs.noise, motifs.counts, motifs.seed) = (noise, counts, seed)
    let (patches, labels) = try motifs.patches()
    let features = try ZernikeDescriptor().features(ofRows: patches, side: motifs.size)
    // In a random order: no program should profit from classes that come one after the other.
    var random = RandomSource(seed: seed, stream: 7)
    let order = Array(labels.indices).shuffled(using: &random)
    try Table.write(features.selecting(rows: order).values, rows: order.count, to: name + ".features")
    try Table.write(order.map { Int32(labels[$0]) }, rows: order.count, to: name + ".labels")
  }
}
