import TesseraFormats
import TesseraImaging
import TesseraNumerics

/// An image that is read a few lines at a time, so that it need not fit into memory.
package struct MosaicImage: Sendable {
  /// Its name, calibration and facts; the micrograph has no pixels.
  package var facts: Micrograph
  /// Size in pixels.
  package let width, height: Int
  private let file: ImageFile
  private let dataset, frame: Int

  /// - Throws: `FormatError` where there is no such image; `DataError` where its pixels are not square.
  package init(_ file: ImageFile, dataset: Int? = nil, frame: Int? = nil) throws {
    let chosen = try file.header(dataset: dataset)
    (self.file, self.dataset, self.frame) = (file, chosen.dataset.index, frame ?? 0)
    (facts, width, height) = (chosen.facts, chosen.dataset.width, chosen.dataset.height)
    guard facts.hasSquarePixels else {
      throw DataError(
        "\(facts.name): its pixels are not square, and a search tile by tile takes them as they are; convert the image to square pixels first"
      )
    }
  }

  /// A part of the image, as far as it lies inside, as a micrograph whose name says where it was.
  package func part(x: Int, y: Int, width: Int, height: Int) throws -> Micrograph {
    let (columns, rows) = (x..<min(x + width, self.width), y..<min(y + height, self.height))
    var values: [Float] = []
    values.reserveCapacity(columns.count * rows.count)
    try forEachLine { y, line in
      if rows.contains(y) {
        values += line[line.startIndex + columns.lowerBound..<line.startIndex + columns.upperBound]
      }
      return y + 1 < rows.upperBound
    }
    var part = facts
    part.name +=
      " (x \(columns.lowerBound) to \(columns.upperBound - 1), y \(rows.lowerBound) to \(rows.upperBound - 1))"
    part.pixels = Raster(width: columns.count, height: rows.count, values: values)
    return part
  }

  /// Gives the lines of the image from above, one by one, until `body` returns false.
  package func forEachLine(_ body: (Int, ArraySlice<Float>) throws -> Bool) throws {
    try file.forEachLine(dataset: dataset, frame: frame, body)
  }

  /// The lines that the tiles of each row of a grid need, row by row. Memory: the lines of one row.
  /// - Parameters:
  ///   - grid: of tiles over this image.
  ///   - rows: numbers of the rows wanted; all others are passed over.
  ///   - body: is given the number of each row, and the lines that its tiles need in their full width.
  package func forEachRow(of grid: MosaicGrid, in rows: Range<Int>, _ body: (Int, Raster<Float>) throws -> Void) throws
  {
    var (row, first, values) = (rows.lowerBound, grid.lines(ofRow: rows.lowerBound).lowerBound, [Float]())
    try forEachLine { y, line in
      guard y >= first else { return true }
      if values.isEmpty { values.reserveCapacity(grid.lines(ofRow: row).count * width) }
      values += line
      // Rows whose tiles reach to the end of the image all end with its last line.
      while row < rows.upperBound, y + 1 == grid.lines(ofRow: row).upperBound {
        try body(row, Raster(width: width, height: y + 1 - first, values: values))
        row += 1
        guard row < rows.upperBound else { return false }
        let next = grid.lines(ofRow: row)
        // Neighbouring rows share the lines between them.
        values.removeFirst((next.lowerBound - first) * width)
        first = next.lowerBound
      }
      return true
    }
  }
}
