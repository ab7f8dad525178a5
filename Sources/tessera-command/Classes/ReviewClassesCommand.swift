import ArgumentParser
import Foundation
import TesseraFormats
import TesseraMethods
import TesseraNumerics

/// `tessera classes review`.
struct ReviewClassesCommand: ThreadedCommand {
  static let configuration = CommandConfiguration(
    commandName: "review", abstract: "Says of each class whether it is one motif, and how it would split.",
    discussion: """
      EXAMPLE
        tessera classes review scan.tessera

      prints for each class how much its members differ (their variance over that of the noise alone), the features that part it best, \
      the sizes of the parts, and their stability: the share of a random half of the members that fall into the same parts without the \
      other half. Single sites that are like none of the classes follow. Nothing is changed; `classes auto` carries the proposals out.
      """)

  @OptionGroup var input: TreeInput

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "Also write a page (.html) with pictures: each class, its parts, and where these differ.", valueName: "file"),
    completion: .file(extensions: ["html"]))
  var output: String?

  @Flag(help: "Replace the page of --output where there is one.")
  var force = false

  var threads: ThreadOptions { input.threads }

  private struct Row: Encodable {
    var `class`, name: String
    var count: Int
    var spread: Double?
    var split: TreeSplit?
    var parts: [Int]
    var stability: Double?
  }

  func run() throws {
    let folder = try MotifFolder(path: input.result)
    let method = TreeMethod(folder)
    if let output { try AtomicOutput.checkPlace(output, replacing: force) }
    let proposals = try method.proposals(for: try method.tree(after: folder.recipe.actions))
    if let output { try TreeReviewPage(proposals, folder: folder).write(to: output, replacing: force) }
    guard !input.json else {
      return try Messages.printJSON(
        proposals.map {
          Row(
            class: $0.number, name: $0.name, count: $0.count, spread: $0.spread, split: $0.split, parts: $0.parts,
            stability: $0.stability)
        })
    }
    let head = ["class", "name", "sites", "variance / noise", "proposal"]
    let rows = proposals.map { proposal in
      [
        proposal.number, proposal.name, String(proposal.count), proposal.spread.map { short($0) } ?? "unknown",
        words(of: proposal),
      ]
    }
    for line in aligned([head] + rows) { print(line) }
    if !folder.outliers.isEmpty {
      print("\nlike none of the first classes:")
      let rows = folder.outliers.map {
        [
          folder.id(ofRow: $0.site) ?? "", short($0.x), short($0.y), short($0.z), short($0.q),
          $0.heightRatio.map { short($0) } ?? "",
        ]
      }
      for line in aligned([["site", "x", "y", "z", "q", "height over its class"]] + rows) { print(line) }
    }
    if let output { print("page: \(output)") }
  }

  private func words(of proposal: TreeProposal) -> String {
    guard let split = proposal.split else {
      return proposal.isWithinNoise
        ? "one motif within the noise" : "no two motifs with a gap between them, yet more than noise"
    }
    let stability = proposal.stability.map { ", stability \(String(format: "%.2f", $0))" } ?? ""
    return "split into \(proposal.parts.map(String.init).joined(separator: " + ")) \(split.text)\(stability)"
  }
}
