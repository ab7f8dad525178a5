import ArgumentParser
import Foundation
import TesseraNumerics
import TesseraSimulation

/// Features and true classes of synthetic motif patches, as input for this program and its peers.
struct MotifTable: ThreadedBenchmark {
  static let configuration = CommandConfiguration(
    commandName: "motifs", abstract: "Writes features and labels of synthetic motif patches; prints the cost as JSON.")

  @OptionGroup var threads: Threads
  @OptionGroup var patches: MotifOptions
  @Option(help: "What describes a patch.") var description = Description.zernike
  @Option(help: "Numbers a patch.") var terms = 66
  @Argument(help: "Writes NAME.features and NAME.labels.") var name: String

  private struct Cost: Encodable {
    /// From patches to features.
    var seconds: Double
    /// What the process held at most meanwhile beyond what it held before; Linux alone tells.
    var megabytes: Double?
  }

  func run() throws {
    let motifs = patches.motifs
    let (rows, labels) = try motifs.patches()
    let before = PeakMemory.reset()
    let features = try timed { try description.features(of: rows, side: motifs.size, terms: terms) }
    let after = PeakMemory.now()
    // In a random order: no program should profit from classes that come one after the other.
    var random = RandomSource(seed: motifs.seed, stream: 7)
    let order = Array(labels.indices).shuffled(using: &random)
    try Table.write(features.result.selecting(rows: order).values, rows: order.count, to: name + ".features")
    try Table.write(order.map { Int32(labels[$0]) }, rows: order.count, to: name + ".labels")
    let cost = Cost(seconds: features.seconds, megabytes: before.flatMap { start in after.map { $0 - start } })
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    print(String(decoding: try encoder.encode(cost), as: UTF8.self))
  }
}

/// The most memory that the process has held, in MB, as Linux counts it; nil elsewhere.
private enum PeakMemory {
  /// Counts from now on; returns what is held now.
  static func reset() -> Double? {
    try? Data("5".utf8).write(to: URL(fileURLWithPath: "/proc/self/clear_refs"))
    return now()
  }

  static func now() -> Double? {
    guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8) else { return nil }
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    return line.flatMap { $0.split(separator: " ").dropFirst().first }.flatMap { Double($0) }.map { $0 / 1024 }
  }
}
