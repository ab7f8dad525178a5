/// The moments that one column's equations are made of, in one piece of memory, each group in the order of `Moment`:
/// of G² up to degree 4, of G up to degree 3, and of G times the weighted residual up to degree 2.
struct FitMoments {
  static let squares = 15
  static let plains = 10
  static let scores = 6
  static let count = squares + plains + scores

  let square: UnsafeMutablePointer<Double>
  var plain: UnsafeMutablePointer<Double> { square + Self.squares }
  var score: UnsafeMutablePointer<Double> { square + Self.squares + Self.plains }

  func clear() { square.update(repeating: 0, count: Self.count) }
}
