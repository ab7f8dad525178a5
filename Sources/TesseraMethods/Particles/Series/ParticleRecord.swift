import Foundation
import TesseraFormats
import TesseraImaging
import TesseraNumerics

/// The particles of one image as its result folder holds them.
public struct ParticleRecord: Sendable {
  /// One row of `particles.csv`, in pixels.
  public struct Row: Sendable, Equatable {
    /// Label in `instances.tif`.
    public var id: Int
    /// Centroid.
    public var centroid: Point
    /// Number of pixels and its standard deviation.
    public var area, areaError: Double
    /// Diameter of the disc of the same area.
    public var diameter: Double { 2 * (area / .pi).squareRoot() }
    /// Standard deviation of the diameter.
    public var diameterError: Double { area > 0 ? areaError * diameter / (2 * area) : 0 }
    /// 1 for a disc.
    public var circularity: Double
    /// The most probable class; nil where particles have no class.
    public var kind: ParticleClass?
    /// Its probability, and that of a fault; nil where particles have no class.
    public var probability, faultProbability: Double?

    /// A particle; without a class unless one is given.
    public init(
      id: Int, centroid: Point, area: Double, areaError: Double = 0, circularity: Double = 1,
      kind: ParticleClass? = nil,
      probability: Double? = nil, faultProbability: Double? = nil
    ) {
      (self.id, self.centroid, self.area, self.areaError, self.circularity) = (
        id, centroid, area, areaError, circularity
      )
      (self.kind, self.probability, self.faultProbability) = (kind, probability, faultProbability)
    }
  }

  /// The image as given.
  public var image: String
  /// Those that the border does not cut.
  public var rows: [Row]
  /// Side of a pixel in nm; nil: unknown.
  public var pixel: Double?
  /// The table as it is, without its header; and the header.
  let lines: [String]
  let header: String

  /// Reads the table and the scale of a result folder.
  /// - Throws: `FormatError` where the folder is not that of `ParticleMethod`.
  public init(image: String, folder: String) throws {
    let path = (folder as NSString).appendingPathComponent("particles.csv")
    let table = try CSVTable(path: path)
    func column(_ name: String) throws -> Int {
      guard let index = table.column(name) else {
        throw FormatError(in: path, "has no column \(name); run the command on this image again")
      }
      return index
    }
    let (id, x, y) = (try column("id"), try column("x"), try column("y"))
    let (area, error, circularity) = (
      try column("area_px"), try column("area_error_px"), try column("circularity")
    )
    let (kind, probability, fault) = (try column("class"), try column("probability"), try column("p_fault"))
    let scaled = try column("area_nm2")
    var pixel: Double?
    rows = try table.rows.map { row in
      func number(_ column: Int) throws -> Double {
        guard let value = Double(row[column]) else {
          throw FormatError(in: path, "has a row without a number in the column \(table.header[column])")
        }
        return value
      }
      let (pixels, square) = (try number(area), Double(row[scaled]))
      if pixel == nil, let square, square > 0, pixels > 0 { pixel = (square / pixels).squareRoot() }
      return Row(
        id: Int(saturating: try number(id)), centroid: Point(try number(x), try number(y)), area: pixels,
        areaError: try number(error), circularity: try number(circularity),
        kind: ParticleClass(rawValue: row[kind]), probability: Double(row[probability]),
        faultProbability: Double(row[fault]))
    }
    self.pixel = pixel
    self.image = image
    header = table.header.joined(separator: ",")
    lines = table.rows.map { $0.map(TableWriter.cell).joined(separator: ",") }
  }
}
