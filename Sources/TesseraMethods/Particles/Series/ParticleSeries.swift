import Foundation
import TesseraFigures
import TesseraFormats
import TesseraImaging
import TesseraNumerics

/// What the particles of several images say together: one table, the shares on axis and with a fault, sizes, and on request the way of each
/// particle through the series.
public struct ParticleSeries: Sendable {
  /// The images in the order of the series.
  public var records: [ParticleRecord]
  /// Tracks through the series; nil where particles were not followed.
  public var tracks: [ParticleTrack]?
  /// Drift from each image to the next in pixels, if particles were followed; from one without particles it is zero.
  public var drifts: [Point]
  /// Images without particles that ended no track, from 0, if particles were followed.
  public var emptyImages: [Int] = []

  /// The particles of images that have been analysed.
  /// - Parameters:
  ///   - images: names, and paths of the result folders.
  ///   - isTracked: whether particles are followed from image to image.
  /// - Throws: `FormatError` for a folder that is not that of `ParticleMethod`, `DataError` where images to be followed differ in size.
  public init(_ images: [(image: String, folder: String)], isTracked: Bool = false) throws {
    records = try images.map { try ParticleRecord(image: $0.image, folder: $0.folder) }
    (tracks, drifts) = (nil, [])
    guard isTracked else { return }
    var tracker = ParticleTracker()
    for (image, record) in zip(images, records) {
      try tracker.add(try Self.frame(of: image.folder, record))
    }
    (tracks, drifts, emptyImages) = (tracker.tracks, tracker.drifts, tracker.emptyImages)
  }

  /// What the tracker needs of one image.
  private static func frame(of folder: String, _ record: ParticleRecord) throws -> ParticleTracker.Frame {
    func raster(_ name: String) throws -> (path: String, pixels: Raster<Float>) {
      let path = (folder as NSString).appendingPathComponent(name)
      return (path, try ImageFile.open(path: path, options: .labels).read().pixels)
    }
    let (labels, mask) = (try raster("instances.tif"), try raster("mask.tif"))
    let limit = Float(UInt16.max)
    if let other = labels.pixels.values.first(where: { !($0 >= 0 && $0 <= limit && $0 == $0.rounded()) }) {
      throw FormatError(
        in: labels.path, "holds \(other), which is no number of a particle; run the command on this image again")
    }
    guard labels.pixels.width == mask.pixels.width, labels.pixels.height == mask.pixels.height else {
      throw FormatError(
        in: mask.path,
        "has \(mask.pixels.width) x \(mask.pixels.height) pixels, but instances.tif has \(labels.pixels.width) x "
          + "\(labels.pixels.height); run the command on this image again")
    }
    return .init(labels: labels.pixels.map { UInt16($0) }, mask: mask.pixels.map { $0 > 0 }, particles: record.rows)
  }

  /// Chapters of a report: all particles together, and their ways through the series where they were followed.
  public var sections: [ReportDocument.Section] { ParticleSeriesChapter(series: self).sections }

  /// Files that `write` may write.
  public static let names = ["particles.csv", "tracks.csv"]

  /// All particles, in nm where every image has a scale, otherwise in pixels.
  var isScaled: Bool { records.allSatisfy { $0.pixel != nil || $0.rows.isEmpty } }
  var unit: String { LengthText.unit(isCalibrated: isScaled) }
  func scale(of record: ParticleRecord) -> Double { isScaled ? record.pixel ?? 1 : 1 }

  /// Writes `particles.csv`, all rows with the name of their image before, and `tracks.csv` where particles were followed.
  /// - Throws: `FormatError` where one cannot be written.
  public func write(to folder: String, replacing: Bool) throws {
    var files = [("particles.csv", table)]
    if let tracks { files.append(("tracks.csv", table(of: tracks))) }
    for (name, data) in files {
      try AtomicOutput.file(
        at: (folder as NSString).appendingPathComponent(name), replacing: replacing, contents: data)
    }
  }

  private var table: Data {
    var text = "image," + (records.first?.header ?? "") + "\n"
    for record in records {
      let name = TableWriter.cell(record.image)
      for line in record.lines { text += name + "," + line + "\n" }
    }
    return Data(text.utf8)
  }

  /// One row per particle and image; `beginning` and `ending` stand in the first and the last row of a track.
  private func table(of tracks: [ParticleTrack]) -> Data {
    var table = TableWriter(
      columns: [
        "track", "image", "id", "x", "y", "diameter_\(unit)", "diameter_error_\(unit)", "area_px", "class", "beginning",
        "ending",
      ])
    for track in tracks {
      for (index, step) in track.steps.enumerated() {
        let (record, particle) = (records[step.image], step.particle)
        let scale = scale(of: record)
        table.add([
          "\(track.number)", TableWriter.cell(record.image), "\(particle.id)",
          TableWriter.number(particle.centroid.x), TableWriter.number(particle.centroid.y),
          TableWriter.significant(particle.diameter * scale), TableWriter.significant(particle.diameterError * scale),
          TableWriter.significant(particle.area), particle.kind?.rawValue ?? "",
          index == 0 ? track.beginning.text : "", index == track.steps.count - 1 ? track.ending.text : "",
        ])
      }
    }
    return table.data
  }
}
