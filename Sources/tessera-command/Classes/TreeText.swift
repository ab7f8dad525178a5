import Foundation
import TesseraLearning
import TesseraMethods
import TesseraNumerics

/// The classes of a result on a terminal, or as JSON.
struct TreeText {
  let files: TreeFiles

  init(_ files: TreeFiles) { self.files = files }

  /// What `--json` prints.
  private struct Document: Encodable {
    struct Class: Encodable {
      var `class`: String
      var parents: [String]
      var name: String
      var count: Int
      var confidence: Double
    }
    var classes: [Class]
    /// Sites with a patch that are in no class.
    var unknown: Int
    var actions: [TreeAction]
  }

  func show(asJSON: Bool) throws {
    let leaves = files.tree.leaves
    guard !asJSON else {
      let document = Document(
        classes: leaves.map {
          .init(
            class: $0.number, parents: $0.parents, name: $0.name, count: $0.members.count,
            confidence: $0.confidence.isEmpty ? 0 : Statistics.mean($0.confidence))
        }, unknown: files.unknownCount, actions: files.recipe.actions)
      print(String(decoding: try JSONEncoder.forResults().encode(document), as: UTF8.self))
      return
    }
    let width = leaves.map(\.number.count).max() ?? 0
    for leaf in leaves {
      let number = leaf.number.padding(toLength: width, withPad: " ", startingAt: 0)
      let from = leaf.parents.isEmpty ? "" : ", from \(leaf.parents.joined(separator: " and "))"
      print("\(number)  \(leaf.name): \(leaf.members.count) \(leaf.members.count == 1 ? "site" : "sites")\(from)")
    }
    let unknown = files.unknownCount
    if unknown > 0 { print("\(TreeMethod.unknown): \(unknown) \(unknown == 1 ? "site" : "sites")") }
    let count = files.recipe.actions.count
    if count > 0 { print("\(count) \(count == 1 ? "action" : "actions") in recipe.json") }
  }
}
