import TesseraFigures
import TesseraImaging
import TesseraNumerics

/// How a series of frames became one image: what was corrected, and by how much.
package struct FramesChapter: Sendable {
  package var record: RegistrationRecord

  package init(_ record: RegistrationRecord) { self.record = record }

  package var section: ReportDocument.Section {
    let left = record.frames.filter { !$0.isUsed }.map { "\($0.frame)" }
    var blocks: [ReportDocument.Block] = [.paragraph(record.sentence + "."), .figure(figure)]
    if !left.isEmpty {
      blocks.append(
        .paragraph("Left out of the mean: frame\(left.count == 1 ? "" : "s") \(left.joined(separator: ", "))."))
    }
    return .init("Frames", blocks)
  }

  private var figure: ReportDocument.Figure {
    let used = record.frames.filter(\.isUsed)
    func curve(_ name: String, _ color: Color, _ value: (Point) -> Double) -> LineFigure.Curve {
      .init(name: name, points: used.map { Point(Double($0.frame), value($0.shift)) }, color: color)
    }
    let figure = LineFigure(
      curves: [curve("x", Color(0x0072B2)) { $0.x }, curve("y", Color(0xD55E00)) { $0.y }], x: Axis("frame"),
      y: Axis("movement of the specimen (px)"), summary: "Movement of the specimen from frame to frame")
    return .init(
      "registration", title: "Movement of the specimen",
      caption: "At the middle line of each frame, against the first; registration.csv holds the numbers.",
      figure.drawing())
  }
}
