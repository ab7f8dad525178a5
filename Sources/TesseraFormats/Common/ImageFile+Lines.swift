import TesseraImaging
import TesseraNumerics

/// Images that are read a few lines at a time.
extension ImageFile {
  /// The dataset that `read` would read, and what it says of the image without its pixels.
  package func header(dataset: Int? = nil) throws -> (dataset: DatasetDescription, facts: Micrograph) {
    var warnings = self.warnings
    let chosen = try choose(dataset, &warnings)
    _ = try checkedPixelCount(of: chosen)
    try checkPacking(of: chosen)
    return (chosen, micrograph(Raster(width: 0, height: 0, values: []), of: chosen, isColoured: false, warnings))
  }

  /// Gives the lines of a frame from above, one by one, until `body` returns false. Memory: a piece of the file and a line.
  package func forEachLine(dataset index: Int, frame: Int, _ body: (Int, ArraySlice<Float>) throws -> Bool) throws {
    struct Enough: Error {}
    let dataset = try dataset(at: index)
    let (width, height) = (dataset.width, dataset.height)
    _ = try checkedPixelCount(of: dataset)
    var (values, chroma, y) = ([Float](), [Float](), 0)
    do {
      try forEachPiece(dataset: index, frame: frame) { bytes in
        Self.append(bytes, of: dataset, to: &values, chroma: &chroma)
        chroma.removeAll(keepingCapacity: true)
        var used = 0
        while values.count - used >= width {
          guard try body(y, values[used..<used + width]) else { throw Enough() }
          (used, y) = (used + width, y + 1)
        }
        values.removeFirst(used)
      }
    } catch is Enough { return }
    guard y == height, values.isEmpty else {
      throw FormatError(in: path, "gave \(y) of \(height) lines; the file is damaged, export it again")
    }
  }

  /// Appends the pixels of a piece, and from the first on that has a colour how much each has (`SampleConversion.appendLuminance`).
  static func append(
    _ bytes: RawSpan, of dataset: DatasetDescription, to values: inout [Float], chroma: inout [Float]
  ) {
    switch (dataset.colour, dataset.channels) {
    case (_, 1): SampleConversion.append(bytes, as: dataset.type, to: &values)
    case (.rgb, 3...):
      SampleConversion.appendLuminance(
        bytes, as: dataset.type, channels: dataset.channels, to: &values, chroma: &chroma)
    default: SampleConversion.appendFirst(bytes, as: dataset.type, channels: dataset.channels, to: &values)
    }
  }
}
