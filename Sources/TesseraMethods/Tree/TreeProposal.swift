import TesseraLearning
import TesseraNumerics
import TesseraStructure

/// What the program proposes for one class.
public struct TreeProposal: Sendable, Equatable {
  /// Number and name of the class.
  public var number, name: String
  /// Number of members.
  public var count: Int
  /// The variance of the features within the class over that of the noise alone; nil where the noise is unknown.
  public var spread: Double?
  /// The first way in which the class falls into parts; nil where no gap divides it.
  public var split: TreeSplit?
  /// The sizes of the parts, falling.
  public var parts: [Int]
  /// Rows of all members in the tables of the folder.
  public var members: [Int] = []
  /// Rows of each part's members, in the order of `parts`; empty without a split.
  public var partMembers: [[Int]] = []
  /// Share of a random half of the members that fall into the same parts when the others are left out, 0 ... 1; nil without a split.
  public var stability: Double?

  /// Whether the members differ by no more than the noise, as far as it is known.
  public var isWithinNoise: Bool { (spread ?? 1) < StructureKind.largestNoiseSpread }
}

extension TreeMethod {
  /// For every current class: is it one motif at this noise level, which features tell its parts apart best, and how firmly.
  public func proposals(for tree: ClassTree) throws -> [TreeProposal] {
    try tree.leaves.map { leaf in
      var proposal = TreeProposal(
        number: leaf.number, name: leaf.name, count: leaf.members.count, spread: spread(of: leaf), parts: [])
      proposal.members = leaf.members
      for attempt in Self.attempts {
        let parts = try parts(of: leaf, by: attempt)
        guard parts.count > 1 else { continue }
        (proposal.split, proposal.parts) = (attempt, parts.sizes)
        proposal.partMembers = (1...parts.count).map { parts.members(of: $0).map { leaf.members[$0] } }
        proposal.stability = try stability(of: parts, leaf, attempt)
        break
      }
      return proposal
    }
  }

  private func spread(of leaf: ClassTree.Node) -> Double? {
    let descriptor = folder.settings.descriptor
    let noise = descriptor.leastNoiseShare * folder.momentNoise
    let features = descriptor.features(from: folder.moments).selecting(rows: leaf.members)
    let rows = (0..<features.rows).filter { features.row($0).allSatisfy(\.isFinite) }
    guard noise > 0, rows.count > 1 else { return nil }
    let variances = (0..<features.columns).map { column in
      let deviation = Statistics.deviation(rows.map { Double(features[$0, column]) })
      return deviation * deviation
    }
    return Statistics.mean(variances) / (noise * noise)
  }

  /// The parts of a random half of the members, against those of all.
  private func stability(of parts: Classes, _ leaf: ClassTree.Node, _ attempt: TreeSplit) throws -> Double {
    var source = RandomSource(seed: folder.seed, stream: 1)
    let half = leaf.members.indices.filter { _ in source.uniform() < 0.5 }
    var node = leaf
    node.members = half.map { leaf.members[$0] }
    node.confidence = half.map { leaf.confidence[$0] }
    let again = try self.parts(of: node, by: attempt)
    return LabelScores(again.labels, truth: half.map { parts.labels[$0] }).accuracy
  }
}
