import TesseraNumerics

/// A symmetry operation of the plane on the fractions x, y of a cell: (x, y) → M (x, y) + t.
public struct PlaneOperation: Sendable, Equatable {
  /// Rows of M; whole numbers.
  public let x, y: Point
  /// The translation t, in fractions.
  public let translation: Point

  /// Reads a general position as the International Tables print it: `-x+y,-x` or `x+1/2,-y`.
  init(_ text: Substring) {
    var rows: [(factors: Point, shift: Double)] = []
    for coordinate in text.split(separator: ",") {
      var (row, sign): ((factors: Point, shift: Double), Double) = ((.zero, 0), 1)
      var rest = coordinate.drop { $0 == " " }
      while let first = rest.first {
        switch first {
        case "-": sign = -1
        case "+": sign = 1
        case "x": row.factors.x += sign
        case "y": row.factors.y += sign
        default:
          precondition(rest.hasPrefix("1/2"), "\(text) is no general position")
          row.shift += sign / 2
          rest = rest.dropFirst(2)
        }
        rest = rest.dropFirst()
      }
      rows.append(row)
    }
    precondition(rows.count == 2, "\(text) is no general position")
    (x, y) = (rows[0].factors, rows[1].factors)
    translation = Point(rows[0].shift, rows[1].shift)
  }

  private init(x: Point, y: Point, translation: Point) {
    self.x = x
    self.y = y
    self.translation = translation
  }

  /// The same, followed by a further translation.
  func moved(by further: Point) -> PlaneOperation {
    PlaneOperation(x: x, y: y, translation: translation + further)
  }

  /// The image of a place, both in fractions of the cell; it may lie in another cell.
  public func callAsFunction(_ place: Point) -> Point { Point(x.dot(place), y.dot(place)) + translation }
}
