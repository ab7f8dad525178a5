import TesseraNumerics

/// A figure that knows its size and how to draw itself; it becomes a PNG or an SVG.
///
/// The same drawing code makes both, and the same drawing gives the same bytes every time.
public struct Drawing: Sendable {
  /// Size in drawing units, which are the pixels of a PNG at scale 1 and the CSS pixels of an SVG.
  public let width, height: Double
  /// One sentence that stands in for the picture: the title of the SVG, the `alt` text of a page.
  public var summary: String
  /// Pixels a drawing unit that a PNG takes unless told otherwise: enough for the pixels of the images inside.
  public let naturalScale: Double
  private let body: @Sendable (Canvas) -> Void

  /// - Parameter naturalScale: 2 suits lines and text, which screens with small pixels then show sharply.
  init(
    width: Double, height: Double, naturalScale: Double = 2, summary: String,
    _ body: @escaping @Sendable (Canvas) -> Void
  ) {
    (self.width, self.height) = (max(1, width.rounded(.up)), max(1, height.rounded(.up)))
    (self.naturalScale, self.summary) = (naturalScale, summary)
    self.body = body
  }

  /// Draws onto a canvas with this drawing's upper left corner at `origin`.
  func draw(on canvas: Canvas, at origin: Point = .zero) {
    canvas.translated(by: origin) { body(canvas) }
  }

  /// Drawings one below the other, or side by side, aligned left or top.
  public static func stack(
    _ drawings: [Drawing], horizontally: Bool = false, spacing: Double = 16, summary: String
  ) -> Drawing {
    var origins: [Point] = []
    var (length, breadth) = (0.0, 0.0)
    for (index, drawing) in drawings.enumerated() {
      if index > 0 { length += spacing }
      origins.append(horizontally ? Point(length, 0) : Point(0, length))
      length += horizontally ? drawing.width : drawing.height
      breadth = max(breadth, horizontally ? drawing.height : drawing.width)
    }
    let places = origins
    return Drawing(
      width: horizontally ? length : breadth, height: horizontally ? breadth : length,
      naturalScale: drawings.map(\.naturalScale).max() ?? 1, summary: summary
    ) { canvas in
      for (drawing, origin) in zip(drawings, places) { drawing.draw(on: canvas, at: origin) }
    }
  }
}
