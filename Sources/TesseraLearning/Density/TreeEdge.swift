/// An edge of a spanning tree.
struct TreeEdge: Sendable, Equatable {
  var first, second: Int
  var length: Double
}
