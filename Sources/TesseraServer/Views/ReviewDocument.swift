import TesseraLearning
import TesseraMethods
import TesseraNumerics

/// What the program proposes for the classes, and the places that are like none of them.
struct ReviewDocument: Encodable, Sendable {
  struct Proposal: Encodable, Sendable {
    let number, name: String
    let count: Int
    /// The variance within the class over that of the noise; null where the noise is unknown.
    @Explicit var spread: Double?
    /// Null for a class that no gap divides.
    @Explicit var split: Split?
    let parts: [Int]
    /// Rows of the sites of each part but the largest.
    let members: [[Int]]
    @Explicit var stability: Double?
  }

  /// The split as `actions` takes it, and in words.
  struct Split: Encodable, Sendable {
    @Explicit var features: String?
    @Explicit var angularOrders: [Int]?
    @Explicit var maxOrder: Int?
    let text: String
  }

  struct Outlier: Encodable, Sendable {
    let site: Int
    /// In pixels.
    let x, y: Double
    /// Deviation in standard deviations, and the false discovery rate.
    let z, q: Double
    /// Height over the median of its class.
    @Explicit var heightRatio: Double?
    /// Sites at this place.
    let sites: Int
  }

  /// Of the classes of this state.
  let revision: Int
  let proposals: [Proposal]
  let outliers: [Outlier]
}

extension ProjectSession {
  /// What the program proposes for the current classes; takes seconds where they are many, and is made once for each state.
  func review() async throws -> ReviewDocument {
    let (revision, folder, tree) = try await run { state in
      var result = try state.knownResult()
      let tree = try result.tree(after: state.history.actions)
      state.result = result
      return (state.revision, result.folder, tree)
    }
    let proposals = try await reviews.value(for: "\(revision)") { try TreeMethod(folder).proposals(for: tree) }
    return ReviewDocument(
      revision: revision,
      proposals: proposals.map { proposal in
        .init(
          number: proposal.number, name: proposal.name, count: proposal.count, spread: proposal.spread,
          split: proposal.split.map {
            .init(
              features: $0.features?.rawValue, angularOrders: $0.angularOrders, maxOrder: $0.maxOrder, text: $0.text)
          }, parts: proposal.parts, members: Array(proposal.partMembers.dropFirst()), stability: proposal.stability)
      },
      outliers: folder.outliers.map {
        .init(site: $0.site, x: $0.x, y: $0.y, z: $0.z, q: $0.q, heightRatio: $0.heightRatio, sites: $0.sites)
      })
  }
}
