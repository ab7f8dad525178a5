import TesseraLearning
import TesseraNumerics

/// What the page draws of all sites, as arrays of numbers.
extension ProjectSession {
  /// Five numbers per site: x and y in pixels, its place in the layout (NaN: none), and 1 for a vacant node, else 0.
  func sites() async throws -> [Float] {
    try await run { state in
      guard let result = state.result else { return [] }
      let (places, layout) = (result.places, result.layout)
      return places.positions.indices.flatMap { site in
        [
          Float(places.positions[site].x), Float(places.positions[site].y), Float(layout[site].x),
          Float(layout[site].y), places.kinds[site] == .vacant ? 1 : 0,
        ]
      }
    }
  }

  /// The class of each site as its place among the living classes, from 1 (0: none), and how sure that is, 0 ... 255.
  func labels() async throws -> (labels: [UInt16], confidence: [UInt8]) {
    try await run { state in
      guard let tree = try state.result?.tree(after: state.history.actions) else { return ([], []) }
      var labels = [UInt16](repeating: 0, count: tree.sampleCount)
      var confidence = [UInt8](repeating: 0, count: tree.sampleCount)
      for (index, leaf) in tree.leaves.enumerated() {
        for (member, sure) in zip(leaf.members, leaf.confidence) {
          labels[member] = UInt16(clamping: index + 1)
          confidence[member] = UInt8(max(0, min(255, (255 * sure).rounded())))
        }
      }
      return (labels, confidence)
    }
  }
}
