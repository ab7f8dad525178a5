import ArgumentParser
import Foundation
import TesseraNumerics
import TesseraSimulation

/// Patches as a few numbers describe them, against the patches without noise: M22, Figs S5 and S6.
struct PatchReconstruction: ThreadedBenchmark {
  static let configuration = CommandConfiguration(
    commandName: "reconstruct",
    abstract: "Restores noisy motif patches and prints the peak signal-to-noise ratios as JSON.")

  @OptionGroup var threads: Threads
  @OptionGroup var patches: MotifOptions
  @Option(help: "What describes a patch.") var description = Description.zernike
  @Option(help: "Numbers a patch.") var terms = 66
  @Argument(help: "Writes one patch without noise, with noise and restored, a row each.") var output: String

  private struct Ratios: Encodable {
    /// Mean over all patches, in dB, peak 1, within the disc: of the noisy patches, and of those restored.
    var noisy, restored: Double
  }

  func run() throws {
    let motifs = patches.motifs
    var ideal = motifs
    (ideal.noise, ideal.counts, ideal.rowShift) = (0, nil, 0)
    let (clean, noisy) = (try ideal.patches().patches, try motifs.patches().patches)
    guard let restored = try description.reconstructions(of: noisy, side: motifs.size, terms: terms) else {
      throw ValidationError("\(description.rawValue) has no way back to a patch")
    }
    let ratios = Ratios(noisy: ratio(noisy, clean, motifs.size), restored: ratio(restored, clean, motifs.size))
    try Table.write(Array(clean.row(0)) + Array(noisy.row(0)) + Array(restored.row(0)), rows: 3, to: output)
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    print(String(decoding: try encoder.encode(ratios), as: UTF8.self))
  }

  private func ratio(_ patches: Matrix<Float>, _ clean: Matrix<Float>, _ side: Int) -> Double {
    let middle = Double(side - 1) / 2
    let disc = (0..<side * side).filter { pixel in
      hypot(Double(pixel % side) - middle, Double(pixel / side) - middle) < Double(side) / 2
    }
    let errors = (0..<patches.rows).map { row in
      disc.reduce(0.0) { $0 + pow(Double(patches[row, $1] - clean[row, $1]), 2) } / Double(disc.count)
    }
    return errors.reduce(0.0) { $0 - 10 * log10($1) } / Double(errors.count)
  }
}
