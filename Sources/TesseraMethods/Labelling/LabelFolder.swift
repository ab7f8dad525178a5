import Foundation
import TesseraFormats
import TesseraImaging
import TesseraNumerics

/// The folder of a labelled series: each image with its table beside it, as `train atoms` reads them.
///
/// | file | holds |
/// | --- | --- |
/// | `NAME.tif`, `NAME.columns.csv` | the part of an image that the best one shows, and the columns in it |
/// | `labels.csv` | one row per image: whether it is labelled, shift, part, columns |
/// | `summary.json` | the same counts for scripts, and the warnings |
/// | `report.html`, `figures/` | images with their labels |
public struct LabelFolder {
  /// What is written.
  public var labelled: LabelledSeries
  /// Its images.
  public var series: ImageSeries
  /// The series as the report calls it.
  public var input: String

  /// A folder to be written for a series that was labelled.
  public init(_ labelled: LabelledSeries, of series: ImageSeries, input: String) {
    (self.labelled, self.series, self.input) = (labelled, series, input)
  }

  /// Names of the columns of `labels.csv`, in order; lengths in pixels.
  static let columns = [
    "image", "labelled", "best", "columns", "gone", "x", "y", "width", "height", "dx", "dy", "dx_error", "dy_error",
    "distorted", "residual", "position_error", "significance", "reason",
  ]

  /// Writes the folder, whole or not at all.
  ///
  /// - Parameters:
  ///   - path: of the folder.
  ///   - replacing: whether the files that an earlier run wrote there give way.
  /// - Throws: `FormatError` where the place is taken (unless `replacing`) or cannot be written; what reading an image throws.
  public func write(to path: String, replacing: Bool = false) throws {
    try AtomicOutput.folder(at: path, replacing: replacing, version: TesseraVersion.current) { folder in
      let files = ResultFiles(folder: folder, calibration: labelled.calibration)
      for (index, image) in labelled.images.enumerated() where image.reason == nil {
        let part = try part(index)
        try TIFFWriter.write(
          [part.pixels], calibration: part.calibration, to: folder.appendingPathComponent("\(image.name).tif").path)
        try files.write(table(of: image, part.calibration), as: "\(image.name).columns.csv")
      }
      try files.write(rows, as: "labels.csv")
      try files.write(JSONEncoder.forResults().encode(LabelSummary(labelled, input: input)), as: "summary.json")
      for file in try document.files() { try files.write(file.data, as: file.path) }
    }
  }

  /// The part of an image that is labelled.
  func part(_ index: Int) throws -> Micrograph {
    let image = labelled.images[index]
    var micrograph = try series.micrograph(index)
    micrograph.pixels = micrograph.pixels.cropped(x: image.x, y: image.y, width: image.width, height: image.height)
    return micrograph
  }

  private func table(of image: LabelledSeries.Image, _ calibration: Calibration?) -> Data {
    var table = TableWriter(columns: ["id", "x", "y", "x_nm", "y_nm"])
    for (id, place) in image.labels.enumerated() {
      let nm = calibration.map { $0.nanometres(place) } ?? Point(.nan, .nan)
      table.add(
        ["\(id)", TableWriter.number(place.x), TableWriter.number(place.y)]
          + [nm.x, nm.y].map { TableWriter.number($0, decimals: 6) })
    }
    return table.data
  }

  private var rows: Data {
    var table = TableWriter(columns: Self.columns)
    for (index, image) in labelled.images.enumerated() {
      let isLabelled = image.reason == nil
      let counts = [image.labels.count, image.goneCount, image.x, image.y, image.width, image.height]
      let lengths = [image.shift.x, image.shift.y, image.shiftError.x, image.shiftError.y]
      let row =
        [TableWriter.cell(image.name), isLabelled ? "1" : "0", labelled.source == .image(index) ? "1" : "0"]
        + counts.map { isLabelled ? "\($0)" : "" } + lengths.map { isLabelled ? TableWriter.number($0) : "" }
      table.add(
        row + [isLabelled ? (image.isDistorted ? "1" : "0") : ""]
          + [image.residual, image.positionError].map { isLabelled ? TableWriter.number($0) : "" }
          + [TableWriter.number(image.significance, decimals: 1), image.reason.map(TableWriter.cell) ?? ""])
    }
    return table.data
  }
}
