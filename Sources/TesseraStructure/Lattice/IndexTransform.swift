/// A linear map of cell indices: (i, j) -> (a i + b j, c i + d j).
public struct IndexTransform: Sendable, Codable, Hashable {
  /// Elements of the matrix, row after row.
  public let a, b, c, d: Int

  /// A map by the elements of its matrix, row after row.
  public init(a: Int, b: Int, c: Int, d: Int) { (self.a, self.b, self.c, self.d) = (a, b, c, d) }

  /// The identity map: (i, j) -> (i, j).
  public static let identity = IndexTransform(a: 1, b: 0, c: 0, d: 1)

  /// Turns of the index grid by 0, 90, 180 and 270 degrees: the rule of M22, a symmetry of square lattices only.
  public static let quarterTurns = [
    identity, IndexTransform(a: 0, b: -1, c: 1, d: 0), IndexTransform(a: -1, b: 0, c: 0, d: -1),
    IndexTransform(a: 0, b: 1, c: -1, d: 0),
  ]

  func callAsFunction(_ i: Int, _ j: Int) -> (Int, Int) { (a * i + b * j, c * i + d * j) }
}
