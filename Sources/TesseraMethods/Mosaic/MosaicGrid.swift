import TesseraNumerics

/// A large image in tiles: each with the surroundings that its columns need, so that what is found in its core is what would be found in the
/// whole image.
package struct MosaicGrid: Sendable, Codable, Equatable {
  /// Size of the image in pixels.
  package var width, height: Int
  /// Side of the cores in pixels; those at the right and lower border may be smaller.
  package var side: Int
  /// Width of the surroundings in pixels.
  package var halo: Int

  /// A grid over an image; the parameters are the properties of the same names.
  package init(width: Int, height: Int, side: Int, halo: Int) {
    (self.width, self.height, self.side, self.halo) = (width, height, side, halo)
  }

  /// Sides of images, and widths of surroundings, with which products of two do not overflow; no format holds more lines.
  private static let lengths = 1...Int(Int32.max)

  /// Whether a grid that was read divides an image.
  var isConsistent: Bool {
    Self.lengths ~= width && Self.lengths ~= height && Self.lengths ~= side && (0...Self.lengths.upperBound) ~= halo
  }

  /// A part of the image.
  package struct Tile: Sendable, Equatable {
    /// Place in the order of the tiles, row by row.
    package var index: Int
    /// Its own pixels.
    package var x, y: Range<Int>
    /// These and the surroundings, as far as there are any.
    package var outerX, outerY: Range<Int>
  }

  /// Number of tiles beside each other and on top of each other; none is much smaller than the others.
  package var columns: Int { Self.count(width, side) }
  package var rows: Int { Self.count(height, side) }

  private static func count(_ length: Int, _ side: Int) -> Int {
    max(1, Int((Double(length) / Double(side)).rounded()))
  }

  /// Of `count` nearly equal parts of a length the one with this number.
  private static func part(_ number: Int, of count: Int, _ length: Int) -> Range<Int> {
    number * length / count..<(number + 1) * length / count
  }

  private func outer(_ range: Range<Int>, _ length: Int) -> Range<Int> {
    max(0, range.lowerBound - halo)..<min(length, range.upperBound + halo)
  }

  /// The tiles of one row, from left to right.
  package func tiles(inRow row: Int) -> [Tile] {
    let y = Self.part(row, of: rows, height)
    return (0..<columns).map { column in
      let x = Self.part(column, of: columns, width)
      return Tile(index: row * columns + column, x: x, y: y, outerX: outer(x, width), outerY: outer(y, height))
    }
  }

  /// The lines of the image that the tiles of a row need.
  package func lines(ofRow row: Int) -> Range<Int> { outer(Self.part(row, of: rows, height), height) }

  /// The tile whose core holds a place; places outside the image belong to the nearest one.
  package func owner(x: Double, y: Double) -> Int {
    func number(_ place: Double, _ count: Int, _ length: Int) -> Int {
      var number = min(count - 1, max(0, Int(saturating: (place * Double(count) / Double(length)).rounded(.down))))
      // The centre of pixel i is at i: a core begins half a pixel before its first one.
      if number > 0, place < Double(number * length / count) - 0.5 { number -= 1 }
      if number + 1 < count, place >= Double((number + 1) * length / count) - 0.5 { number += 1 }
      return number
    }
    return number(y, rows, height) * columns + number(x, columns, width)
  }
}
