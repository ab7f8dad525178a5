import Foundation
import TesseraFormats
import TesseraImaging
import TesseraMethods
import TesseraNumerics
import TestSupport
import Testing

struct `Labels of a series` {
  /// What one image of a series shows of the specimen.
  private struct Frame {
    var dose: Double
    var shift = Point.zero
    /// Displacement along x per pixel of y.
    var shear = 0.0
    var sigma = 2.6
    /// Columns that are missing here.
    var missing: Set<Int> = []
  }

  private static let side = 200

  /// A square lattice with two kinds of columns, of which some are missing, reaching beyond the image.
  private static let specimen: [(place: Point, height: Double)] = {
    var random = RandomSource(seed: 5)
    return (0..<24 * 24).compactMap { index in
      let (row, column) = (index / 24, index % 24)
      guard random.uniform() > 0.1 else { return nil }
      return (Point(13.3 * Double(column) - 50, 13.3 * Double(row) - 50), (row + column).isMultiple(of: 2) ? 1 : 0.6)
    }
  }()

  /// Columns well inside the image, some spacings apart.
  private static let chosen: [Int] = [Point(60, 60), Point(100, 100), Point(140, 80), Point(80, 140)].map { place in
    specimen.indices.min { (specimen[$0].place - place).length < (specimen[$1].place - place).length }!
  }

  private static func place(_ index: Int, in frame: Frame) -> Point {
    let p = specimen[index].place
    return p + frame.shift + Point(frame.shear * (p.y - 100), 0)
  }

  private static func image(_ frame: Frame, seed: UInt64) -> Raster<Float> {
    var sums = [Double](repeating: 0.1, count: side * side)
    for index in specimen.indices where !frame.missing.contains(index) {
      let (p, height) = (place(index, in: frame), specimen[index].height)
      let (x, y) = (Int(saturating: p.x.rounded()), Int(saturating: p.y.rounded()))
      for v in stride(from: max(0, y - 14), through: min(side - 1, y + 14), by: 1) {
        for u in stride(from: max(0, x - 14), through: min(side - 1, x + 14), by: 1) {
          let d = (Point(Double(u), Double(v)) - p).squaredLength
          sums[v * side + u] += height * exp(d / (-2 * frame.sigma * frame.sigma))
        }
      }
    }
    var random = RandomSource(seed: seed)
    return Raster(width: side, height: side, values: sums.map { Float(random.poisson(frame.dose * $0)) })
  }

  private static func series(_ frames: [Frame], and others: [Raster<Float>] = []) -> ImageSeries {
    let images = frames.enumerated().map { image($1, seed: UInt64($0 + 1)) } + others
    return ImageSeries(names: images.indices.map { "frame-\($0)" }) {
      Micrograph(name: "frame-\($0)", pixels: images[$0], calibration: Calibration(nanometresPerPixel: 0.02))
    }
  }

  /// Columns that the part of an image shows, one and a half pixels inside, and which of its labels are none of them.
  private static func compared(
    _ image: LabelledSeries.Image, _ frame: Frame
  ) -> (missed: Int, wrong: Int, worst: Double) {
    let truth = specimen.indices.filter { !frame.missing.contains($0) }.map {
      place($0, in: frame) - Point(Double(image.x), Double(image.y))
    }
    let inner = truth.filter {
      (1...Double(image.width) - 2).contains($0.x) && (1...Double(image.height) - 2).contains($0.y)
    }
    let distances = image.labels.map { label in truth.map { ($0 - label).length }.min()! }
    return (
      inner.count { place in !image.labels.contains { ($0 - place).length < 3 } }, distances.count { $0 > 3 },
      distances.max() ?? .infinity
    )
  }

  @Test func `hold for images in which no one could see the columns`() throws {
    let frames = [
      Frame(dose: 2), Frame(dose: 40, shift: Point(1.7, -2.2)), Frame(dose: 0.6, shift: Point(3.1, -3.4)),
      Frame(dose: 5, shift: Point(4.4, -5.9), sigma: 3.6), Frame(dose: 1, shift: Point(5.8, -7.7)),
    ]
    let labelled = try SeriesLabelling().result(of: Self.series(frames))
    #expect(labelled.labelled.count == 5, "\(labelled.images.map { $0.reason ?? "" })")
    // The one with most counts, or the mean, in which it weighs most.
    #expect(labelled.source == .image(1) || labelled.source == .mean)
    for (image, frame) in zip(labelled.images, frames) {
      let (missed, wrong, worst) = Self.compared(image, frame)
      #expect(missed == 0 && wrong == 0 && worst < 0.6, "\(image.name): \(missed) \(wrong) \(worst)")
      #expect(image.goneCount == 0)
      // All of the image but what it shows of the surroundings of the best one.
      #expect(image.width > 170 && image.height > 170)
    }
  }

  @Test func `come from the clearest image where the mean shows no columns`() throws {
    // Of images that were put together wrongly the mean may show nothing: here each is of a specimen of its own.
    let frame = Frame(dose: 30)
    var random = RandomSource(seed: 3)
    let noise = (0..<3).map { _ in
      Raster<Float>(
        width: Self.side, height: Self.side,
        values: (0..<Self.side * Self.side).map { _ in Float(random.poisson(30)) })
    }
    let labelled = try SeriesLabelling().result(of: Self.series([frame], and: noise))
    #expect(labelled.source == .image(0) && labelled.labelled.map(\.name) == ["frame-0"], "\(labelled.images)")
  }

  @Test func `name the images that registration leaves out`() throws {
    let frames = (0..<5).map { Frame(dose: 20, shift: Point(0.9 * Double($0), 0.4)) }
    let waves = (0..<Self.side * Self.side).map { index -> Float in
      let (x, y) = (Double(index % Self.side), Double(index / Self.side))
      return Float(50 + 20 * cos(0.61 * x + 0.22 * y))
    }
    let other = Raster(width: Self.side, height: Self.side, values: waves)
    let warnings = try SeriesLabelling().result(of: Self.series(frames, and: [other])).warnings
    #expect(warnings.contains { $0.hasPrefix("frame-5 does not show the structure") }, "\(warnings)")
  }

  @Test func `are not given to noise, to nothing, nor to another crystal`() throws {
    var random = RandomSource(seed: 9)
    let noise = Raster(
      width: Self.side, height: Self.side, values: (0..<Self.side * Self.side).map { _ in Float(random.poisson(5)) })
    let other = Raster(
      width: Self.side, height: Self.side,
      values: (0..<Self.side * Self.side).map { index in
        let (x, y) = (Double(index % Self.side), Double(index / Self.side))
        return Float(random.poisson(5 + 2 * cos(0.61 * x + 0.22 * y) + 2 * cos(0.35 * x - 0.55 * y)))
      })
    let nothing = Raster<Float>(width: Self.side, height: Self.side, filling: 0)
    let frames = (0..<4).map { Frame(dose: 8, shift: Point(1.3 * Double($0), 0.9 * Double($0))) }
    let labelled = try SeriesLabelling().result(of: Self.series(frames, and: [noise, nothing, other]))
    #expect(labelled.images.map { $0.reason == nil } == [true, true, true, true, false, false, false])
    for image in labelled.images[4...] { #expect(image.labels.isEmpty) }
  }

  @Test func `leave out columns that are gone, where the image would show them`() throws {
    let gone = Set(Self.chosen.prefix(3))
    var frames = (0..<4).map { Frame(dose: 30, shift: Point(1.3 * Double($0), 0.9 * Double($0))) }
    frames[2].missing = gone
    // So few counts do not tell.
    frames[3].missing = gone
    frames[3].dose = 0.3
    var labelling = SeriesLabelling()
    labelling.best = .image(0)
    let labelled = try labelling.result(of: Self.series(frames))
    #expect(labelled.images.prefix(3).map(\.goneCount) == [0, 0, 3])
    // What is said to be gone is.
    #expect(labelled.images[3].goneCount <= 3)
    #expect(Self.compared(labelled.images[3], frames[3]).missed == 0)
    let (missed, wrong, _) = Self.compared(labelled.images[2], frames[2])
    #expect(missed == 0 && wrong == 0)
  }

  @Test func `follow an image that is sheared`() throws {
    var frames = (0..<4).map { Frame(dose: 10, shift: Point(1.3 * Double($0), 0.9 * Double($0))) }
    frames[2].shear = 0.01
    var labelling = SeriesLabelling()
    labelling.best = .image(0)
    let labelled = try labelling.result(of: Self.series(frames))
    #expect(labelled.images.map(\.isDistorted) == [false, false, true, false])
    let (best, sheared) = (
      Self.compared(labelled.images[0], frames[0]), Self.compared(labelled.images[2], frames[2])
    )
    // By a pixel at the sides, if it were not followed.
    #expect(sheared.missed == 0 && sheared.wrong == 0 && sheared.worst < best.worst + 0.3, "\(sheared) \(best)")
  }

  @Test func `are those of a person, where they are given`() throws {
    let frames = [Frame(dose: 10), Frame(dose: 10, shift: Point(2, 3))]
    let chosen = Self.chosen
    var labelling = SeriesLabelling()
    labelling.best = .image(0)
    let labelled = try labelling.result(of: Self.series(frames)) { _ in
      KnownColumns(sites: .init(chosen.map { .init(position: Self.place($0, in: frames[0])) }))
    }
    #expect(labelled.columnCount == chosen.count)
    for (image, frame) in zip(labelled.images, frames) {
      let truth = chosen.map { Self.place($0, in: frame) - Point(Double(image.x), Double(image.y)) }
      #expect(zip(image.labels, truth).allSatisfy { ($0 - $1).length < 0.3 })
    }
  }

  @Test func `are written as a training reads them`() throws {
    let series = Self.series((0..<3).map { Frame(dose: 10, shift: Point(1.3 * Double($0), 0.9 * Double($0))) })
    let labelled = try SeriesLabelling().result(of: series)
    let folder = TemporaryFolder()
    try LabelFolder(labelled, of: series, input: "series.tif").write(to: folder / "labels")
    let tables = (0..<3).map { folder / "labels/frame-\($0).columns.csv" }
    let read = try LabelFiles(tables: tables).read(side: 128)
    #expect(read.warnings.isEmpty)
    #expect(read.images.entries.map(\.columns.count) == labelled.images.map(\.labels.count))
    for image in labelled.images {
      let file = try ImageFile.open(path: folder / "labels/\(image.name).tif").read()
      #expect(file.width == image.width && file.height == image.height && file.calibration?.nanometresPerPixelX == 0.02)
    }
    let rows = try String(contentsOfFile: folder / "labels/labels.csv", encoding: .utf8).split(separator: "\n")
    #expect(
      rows.count == 4 && rows.allSatisfy { $0.split(separator: ",", omittingEmptySubsequences: false).count == 18 })
    // Once more, over what stands there.
    #expect(throws: FormatError.self) {
      try LabelFolder(labelled, of: series, input: "series.tif").write(to: folder / "labels")
    }
    try LabelFolder(labelled, of: series, input: "series.tif").write(to: folder / "labels", replacing: true)
  }
}
