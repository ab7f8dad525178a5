import Foundation
import TesseraFigures
import TesseraFormats
import TesseraNumerics

/// What several images that were divided into the same patterns have in common: the share of each pattern, image by image.
public struct SegmentSeries: Sendable {
  /// One image of the series.
  public struct Entry: Sendable {
    /// What the image is called, and what was found in it.
    public var image: String
    /// Patterns, boundaries and the share that fits none.
    public var summary: SegmentSummary

    /// An image of the series by its name and the summary of its segmentation.
    public init(image: String, summary: SegmentSummary) { (self.image, self.summary) = (image, summary) }
  }

  /// In the order of the inputs, or of the frames.
  public var entries: [Entry]

  /// A series of images divided into the same patterns.
  public init(_ entries: [Entry]) { self.entries = entries }

  private var labels: [Int] { entries.first?.summary.patterns.map(\.label) ?? [] }

  /// Shares of the measured pixels, those that fit no pattern among them.
  private func shares(of summary: SegmentSummary) -> [Double] {
    summary.patterns.map { $0.fraction * (1 - summary.unknownFraction) }
  }

  /// One row per image: `image`, `fraction_1` ... of the measured pixels, `unknown`, `boundary_length_px`, `regions`.
  public var table: Data {
    var table = TableWriter(
      columns: ["image"] + labels.map { "fraction_\($0)" } + ["unknown", "boundary_length_px", "regions"])
    for entry in entries {
      let summary = entry.summary
      table.add(
        [TableWriter.cell(entry.image)] + shares(of: summary).map { TableWriter.number($0, decimals: 6) }
          + [
            TableWriter.number(summary.unknownFraction, decimals: 6),
            TableWriter.number(summary.boundaryLengthPx, decimals: 1),
            "\(summary.regions)",
          ])
    }
    return table.data
  }

  /// The share of each pattern against the number of the image, from 0.
  public var figure: Drawing {
    let styles = ClassStyle.styles(names: labels.map { "pattern \($0)" })
    var curves = zip(labels.indices, styles).map { index, style in
      LineFigure.Curve(
        name: style.name,
        points: entries.enumerated().map { Point(Double($0.offset), shares(of: $0.element.summary)[index]) },
        color: style.color)
    }
    if entries.contains(where: { $0.summary.unknownFraction > 0 }) {
      curves.append(
        .init(
          name: "none of them",
          points: entries.enumerated().map { Point(Double($0.offset), $0.element.summary.unknownFraction) },
          color: Color(0x5C636D)))
    }
    return LineFigure(
      curves: curves, x: Axis("image"), y: Axis("share of the image", range: 0...1),
      summary: "Share of each pattern in \(entries.count) images"
    ).drawing()
  }

  /// Writes `fractions.csv` and `fractions.png` into a folder.
  /// - Parameter replacing: whether files of these names may be replaced.
  /// - Throws: `FormatError` where one cannot be written.
  public func write(to folder: String, replacing: Bool) throws {
    for (name, data) in [("fractions.csv", table), ("fractions.png", figure.png(scale: 2))] {
      try AtomicOutput.file(
        at: (folder as NSString).appendingPathComponent(name), replacing: replacing, contents: data)
    }
  }
}
