/// How far two rows of a table are from each other.
public enum NeighbourMetric: String, Sendable, Codable, CaseIterable {
  /// 1 - r, with r the correlation of the two rows: 0 ... 2. Brightness and offset do not matter. A constant row has
  /// the distance 1 to every other.
  case correlation
  /// Length of the difference, in the units of the features.
  case euclidean
}
