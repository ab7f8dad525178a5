import Foundation
import TesseraFigures
import TesseraFormats
import TesseraNumerics

/// What several images that were divided into the same patterns have in common: the share of each pattern, image by image.
public struct SegmentSeries: Sendable {
  /// One image of the series.
  public struct Entry: Sendable {
    /// What the image is called.
    public var image: String
    /// Labels of the patterns, from 1.
    public var labels: [Int]
    /// The share of the measured pixels that each pattern has, those that fit none among them: 0 ... 1.
    public var shares: [Double]
    /// Share of the measured pixels that fit no pattern.
    public var unknown: Double
    /// Length of the boundaries in pixels.
    public var boundaryLength: Double
    /// Number of connected regions.
    public var regions: Int

    /// An image whose segmentation lies in a result folder.
    /// - Throws: `FormatError` where the folder is not that of `SegmentMethod`.
    public init(image: String, folder: String) throws {
      let path = "\(folder)/summary.json"
      let decoder = JSONDecoder()
      decoder.keyDecodingStrategy = .convertFromSnakeCase
      guard let data = FileManager.default.contents(atPath: path),
        let summary = try? decoder.decode(Summary.self, from: data)
      else { throw FormatError(in: path, "is no summary of a segmentation; run the command on this image again") }
      (self.image, labels, unknown) = (image, summary.patterns.map(\.label), summary.unknownFraction)
      shares = summary.patterns.map(\.fraction)
      (boundaryLength, regions) = (summary.boundaryLengthPx, summary.regions)
    }

    /// What is read of a `summary.json`.
    private struct Summary: Decodable {
      struct Pattern: Decodable {
        var label: Int
        var fraction: Double
      }
      var patterns: [Pattern]
      var unknownFraction, boundaryLengthPx: Double
      var regions: Int
    }
  }

  /// In the order of the inputs, or of the frames.
  public var entries: [Entry]

  /// Images that were divided into the same patterns, and their result folders.
  /// - Throws: `FormatError` for a folder that is not that of `SegmentMethod`.
  public init(_ images: [(image: String, folder: String)]) throws {
    entries = try images.map { try Entry(image: $0.image, folder: $0.folder) }
  }

  /// The files that `write` writes.
  public static let names = ["fractions.csv", "fractions.png"]

  private var labels: [Int] { Set(entries.flatMap(\.labels)).sorted() }

  /// A pattern that is nowhere in an image has no share there.
  private func share(of label: Int, in entry: Entry) -> Double {
    entry.labels.firstIndex(of: label).map { entry.shares[$0] } ?? 0
  }

  /// One row per image: `image`, `fraction_1` ... of the measured pixels, `unknown`, `boundary_length_px`, `regions`.
  public var table: Data {
    var table = TableWriter(
      columns: ["image"] + labels.map { "fraction_\($0)" } + ["unknown", "boundary_length_px", "regions"])
    for entry in entries {
      table.add(
        [TableWriter.cell(entry.image)] + labels.map { TableWriter.number(share(of: $0, in: entry), decimals: 6) }
          + [
            TableWriter.number(entry.unknown, decimals: 6), TableWriter.number(entry.boundaryLength, decimals: 1),
            "\(entry.regions)",
          ])
    }
    return table.data
  }

  /// The share of each pattern against the number of the image, from 0.
  public var figure: Drawing {
    let styles = ClassStyle.styles(names: labels.map { "pattern \($0)" })
    var curves = zip(labels, styles).map { label, style in
      LineFigure.Curve(
        name: style.name,
        points: places(entries.map { share(of: label, in: $0) }),
        color: style.color)
    }
    if entries.contains(where: { $0.unknown > 0 }) {
      curves.append(
        .init(
          name: "none of them",
          points: places(entries.map(\.unknown)),
          color: Color(0x5C636D)))
    }
    var images = Axis("image")
    images.isWhole = true
    return LineFigure(
      curves: curves, x: images, y: Axis("share of the image", range: 0...1),
      summary: "Share of each pattern in \(entries.count) images"
    ).drawing()
  }

  /// The points of a curve, one per image; of a single image a line as wide as it, since one point is no line.
  private func places(_ values: [Double]) -> [Point] {
    values.count == 1
      ? [Point(-0.5, values[0]), Point(0.5, values[0])]
      : values.enumerated().map { Point(Double($0.offset), $0.element) }
  }

  /// The chapter of a report over all images.
  public var sections: [ReportDocument.Section] {
    [
      .init(
        "Patterns from image to image",
        [
          .figure(
            .init(
              "fractions", title: "Share of each pattern",
              caption: "All images were divided into the same patterns; the images in their order, from 0.", figure))
        ])
    ]
  }

  /// Writes `fractions.csv` and `fractions.png` into a folder.
  /// - Parameters:
  ///   - folder: path of the folder.
  ///   - replacing: whether files of these names may be replaced.
  /// - Throws: `FormatError` where one cannot be written.
  public func write(to folder: String, replacing: Bool) throws {
    for (name, data) in zip(Self.names, [table, figure.png(scale: 2)]) {
      try AtomicOutput.file(
        at: (folder as NSString).appendingPathComponent(name), replacing: replacing, contents: data)
    }
  }
}
