import TesseraNumerics

/// What a tile's unknowns should do, all at once.
struct TileSolution: Sendable {
  /// Of the columns, whitened: count x lanes.
  var columns: [Float]
  /// Of the unknowns that all columns share.
  var shared: [Double]
  /// The information about the last shared unknown once all others have been eliminated.
  var lastInformation = 0.0
  /// How the columns (whitened) and the other shared unknowns change with the last one, where that is given.
  var columnsByLast: [Float] = []
  var sharedByLast: [Double] = []
}
