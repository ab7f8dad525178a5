/// The cells of a lattice by their index.
struct CellMap: Sendable {
  /// Smallest indices, and the number of columns and rows.
  let i0, j0, width, height: Int
  private let numbers: [Int32]

  init(_ cells: Cells) {
    let (columns, rows) = (cells.cells.map(\.i), cells.cells.map(\.j))
    (i0, j0) = (columns.min() ?? 0, rows.min() ?? 0)
    (width, height) = ((columns.max() ?? -1) - i0 + 1, (rows.max() ?? -1) - j0 + 1)
    var numbers = [Int32](repeating: -1, count: width * height)
    for (number, cell) in cells.cells.enumerated() { numbers[(cell.j - j0) * width + cell.i - i0] = Int32(number) }
    self.numbers = numbers
  }

  /// The cell of a lattice index; nil where there is none.
  func cell(_ i: Int, _ j: Int) -> Int? {
    guard i >= i0, j >= j0, i < i0 + width, j < j0 + height else { return nil }
    let number = numbers[(j - j0) * width + i - i0]
    return number < 0 ? nil : Int(number)
  }
}
