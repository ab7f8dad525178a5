import Foundation
import TesseraFigures
import TesseraLearning
import TesseraNumerics

extension PatchClasses {
  /// The report: the layout, and of each class the patches nearest to its mean.
  func report(inputs: [String]) -> ReportDocument {
    var document = ReportDocument(
      title: inputs.count == 1 ? (inputs[0] as NSString).lastPathComponent : "\(patches.count) patches",
      headline: sentences[0].asSentence)
    if sentences.count > 1 { document.warnings = sentences.dropFirst().map(\.asSentence) }
    document.facts = [
      .init(Number.count(patches.count), "patches", note: patches.first.map { "\($0.width) x \($0.height) px" } ?? ""),
      .init(
        Number.count(foundCount), foundCount == 1 ? "motif" : "motifs", note: "as the program finds them"),
    ]
    document.footer = "Tessera \(TesseraVersion.current) · seed \(seed)"
    document.sections = [mapSection] + classSections
    if let doubtful = doubtfulSection { document.sections.append(doubtful) }
    return document
  }

  private var styles: [ClassStyle] { ClassStyle.styles(names: classes.names, counts: classes.sizes) }

  private var mapSection: ReportDocument.Section {
    .init(
      "All patches",
      [
        .figure(
          .init(
            "layout", title: "Layout",
            caption: "Each point is a patch; like ones lie together. The directions mean nothing.",
            ScatterFigure(
              points: layout.points, labels: classes.labels, styles: styles,
              summary: "Layout of \(patches.count) patches"
            ).drawing()))
      ])
  }

  /// So many patches near the mean of a class are shown, so many far from it, and so many classes.
  private static let shown = (near: 8, far: 4, classes: 40)

  private var classSections: [ReportDocument.Section] {
    let distances = distanceFromClass()
    return (1...max(1, min(classes.count, Self.shown.classes))).compactMap { label in
      let members = classes.members(of: label).sorted { (distances[$0], $0) < (distances[$1], $1) }
      guard !members.isEmpty else { return nil }
      let near = members.prefix(Self.shown.near)
      let rows = near + members.dropFirst(near.count).suffix(Self.shown.far)
      return .init(
        classes.names[label - 1].asSentence.replacing(".", with: ""),
        [
          .figure(
            .init(
              "class-\(label)", title: "\(Number.count(members.count)) patch\(members.count == 1 ? "" : "es")",
              caption:
                "The \(near.count) nearest to the mean of the class, then the farthest, each with its distance and confidence.",
              sheet(of: Array(rows)) { "\(Text.fixed(distances[$0], 2)), \(Text.fixed(classes.confidence[$0], 2))" }))
        ])
    }
  }

  /// Below this confidence a patch is shown as doubtful.
  private static let leastSure = 0.5

  private var doubtfulSection: ReportDocument.Section? {
    let rows = classes.labels.indices.filter { classes.labels[$0] > 0 && classes.confidence[$0] < Self.leastSure }
      .sorted { (classes.confidence[$0], $0) < (classes.confidence[$1], $1) }
    guard !rows.isEmpty else { return nil }
    return .init(
      "Least sure",
      [
        .figure(
          .init(
            "least-sure", title: "\(Number.count(rows.count)) patch\(rows.count == 1 ? "" : "es") between classes",
            caption: "Patches with a confidence below one half, the least sure first, each with its class.",
            sheet(of: Array(rows.prefix(Self.shown.near + Self.shown.far))) {
              "\(classes.names[classes.labels[$0] - 1]), \(Text.fixed(classes.confidence[$0], 2))"
            }))
      ])
  }

  private func sheet(of rows: [Int], note: (Int) -> String) -> Drawing {
    let styles = styles
    var sheet = ContactSheet(
      tiles: rows.map { row in
        .init(
          patch: Self.squared(patches[row].pixels), captions: [Self.title(of: patches[row].name), note(row)],
          style: styles[classes.labels[row] - 1])
      }, calibration: patches.first?.calibration, summary: "\(rows.count) patches")
    sheet.contrast = nil
    return sheet.drawing()
  }

  /// The file without its folder, or the frame of a stack.
  private static func title(of name: String) -> String {
    let parts = name.split(separator: ", frame ")
    return parts.count == 2 ? "frame \(parts[1])" : (name as NSString).lastPathComponent
  }

  /// A patch in the middle of a square, with white beside it.
  private static func squared(_ patch: Raster<Float>) -> Raster<Float> {
    let side = max(patch.width, patch.height)
    guard side > min(patch.width, patch.height) else { return patch }
    let white = patch.values.filter(\.isFinite).max() ?? 0
    var square = Raster<Float>(width: side, height: side, filling: white)
    let (left, top) = ((side - patch.width) / 2, (side - patch.height) / 2)
    for y in 0..<patch.height { for x in 0..<patch.width { square[left + x, top + y] = patch[x, y] } }
    return square
  }
}
