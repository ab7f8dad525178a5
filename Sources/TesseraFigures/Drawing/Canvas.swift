import CCairo
import Foundation
import TesseraNumerics

/// A surface to draw on: shapes, text and images, in drawing units with `y` down.
///
/// Every figure draws through these few calls, and nothing else in the package knows cairo.
final class Canvas {
  /// Whether shapes are kept as shapes (SVG) rather than turned into pixels.
  let isVector: Bool
  /// Pixels a drawing unit that images should bring.
  let resolution: Double
  private let context: OpaquePointer

  /// - Parameters:
  ///   - surface: borrowed; must outlive the canvas.
  ///   - scale: pixels a drawing unit.
  init(surface: OpaquePointer, scale: Double, isVector: Bool) {
    (self.resolution, self.isVector) = (scale, isVector)
    context = cairo_create(surface)
    // Unhinted, grey-level text has the same widths at every scale, in the PNG as in the SVG, on every machine.
    let options = cairo_font_options_create()
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE)
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF)
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY)
    cairo_set_font_options(context, options)
    cairo_font_options_destroy(options)
    cairo_set_line_join(context, CAIRO_LINE_JOIN_ROUND)
    cairo_set_line_cap(context, CAIRO_LINE_CAP_ROUND)
    if !isVector { cairo_scale(context, scale, scale) }
  }

  deinit { cairo_destroy(context) }

  // MARK: Where to draw

  func translated(by vector: Point, _ body: () -> Void) {
    cairo_save(context)
    cairo_translate(context, vector.x, vector.y)
    body()
    cairo_restore(context)
  }

  /// What `body` draws shows inside the rectangle only.
  func clipped(to box: Rectangle, _ body: () -> Void) {
    cairo_save(context)
    cairo_rectangle(context, box.x, box.y, box.width, box.height)
    cairo_clip(context)
    body()
    cairo_restore(context)
  }

  /// What `body` draws shows inside the circle only.
  func clipped(toCircleAt centre: Point, radius: Double, _ body: () -> Void) {
    cairo_save(context)
    addCircle(centre, radius: radius)
    cairo_clip(context)
    body()
    cairo_restore(context)
  }

  // MARK: Paths, collected until they are filled or stroked

  func addPolygon(_ points: [Point], closed: Bool = true) {
    guard let first = points.first else { return }
    cairo_move_to(context, first.x, first.y)
    for point in points.dropFirst() { cairo_line_to(context, point.x, point.y) }
    if closed { cairo_close_path(context) }
  }

  func addCircle(_ centre: Point, radius: Double) {
    cairo_new_sub_path(context)
    cairo_arc(context, centre.x, centre.y, radius, 0, 2 * .pi)
    cairo_close_path(context)
  }

  func addRectangle(_ box: Rectangle) { cairo_rectangle(context, box.x, box.y, box.width, box.height) }

  func addRoundedRectangle(_ box: Rectangle, radius: Double) {
    let r = min(radius, box.width / 2, box.height / 2)
    cairo_new_sub_path(context)
    cairo_arc(context, box.maxX - r, box.y + r, r, -.pi / 2, 0)
    cairo_arc(context, box.maxX - r, box.maxY - r, r, 0, .pi / 2)
    cairo_arc(context, box.x + r, box.maxY - r, r, .pi / 2, .pi)
    cairo_arc(context, box.x + r, box.y + r, r, .pi, 1.5 * .pi)
    cairo_close_path(context)
  }

  /// Fills the collected path; `keeping` leaves it in place for a stroke.
  func fill(_ color: Color, opacity: Double = 1, keeping: Bool = false) {
    cairo_set_source_rgba(context, color.red, color.green, color.blue, opacity)
    if keeping { cairo_fill_preserve(context) } else { cairo_fill(context) }
  }

  /// Strokes the collected path. `dash`: lengths of strokes and gaps in turn.
  func stroke(_ color: Color, width: Double = 1, opacity: Double = 1, dash: [Double] = [], keeping: Bool = false) {
    cairo_set_source_rgba(context, color.red, color.green, color.blue, opacity)
    cairo_set_line_width(context, width)
    cairo_set_dash(context, dash, Int32(dash.count), 0)
    if keeping { cairo_stroke_preserve(context) } else { cairo_stroke(context) }
  }

  func line(from start: Point, to end: Point, _ color: Color, width: Double = 1, dash: [Double] = []) {
    addPolygon([start, end], closed: false)
    stroke(color, width: width, dash: dash)
  }

  // MARK: Text and images

  /// Draws one line of text with its anchor at `place`, on the baseline; `turned` runs it upwards.
  func text(
    _ string: String, at place: Point, _ font: Font = .label, color: Color = .ink, anchor: TextAnchor = .start,
    turned: Bool = false
  ) {
    font.select(in: context)
    let length = font.width(of: string)
    let shift =
      switch anchor {
      case .start: 0.0
      case .middle: -length / 2
      case .end: -length
      }
    cairo_save(context)
    cairo_translate(context, place.x, place.y)
    if turned { cairo_rotate(context, -.pi / 2) }
    cairo_move_to(context, shift, 0)
    cairo_set_source_rgba(context, color.red, color.green, color.blue, 1)
    cairo_show_text(context, string)
    cairo_restore(context)
  }

  /// Draws pixels so that they fill the rectangle.
  func image(_ pixels: Raster<UInt32>, in box: Rectangle) {
    guard pixels.width > 0, pixels.height > 0 else { return }
    let surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, Int32(pixels.width), Int32(pixels.height))
    defer { cairo_surface_destroy(surface) }
    guard let bytes = cairo_image_surface_get_data(surface) else { return }
    let stride = Int(cairo_image_surface_get_stride(surface))
    pixels.values.withUnsafeBytes { source in
      for y in 0..<pixels.height {
        memcpy(bytes + y * stride, source.baseAddress! + 4 * y * pixels.width, 4 * pixels.width)
      }
    }
    cairo_surface_mark_dirty(surface)
    if isVector { attachPNG(of: pixels, to: surface) }
    cairo_save(context)
    cairo_translate(context, box.x, box.y)
    cairo_scale(context, box.width / Double(pixels.width), box.height / Double(pixels.height))
    cairo_set_source_surface(context, surface, 0, 0)
    // At the edge an image must not fade into what lies around it.
    cairo_pattern_set_extend(cairo_get_source(context), CAIRO_EXTEND_PAD)
    cairo_rectangle(context, 0, 0, Double(pixels.width), Double(pixels.height))
    cairo_fill(context)
    cairo_restore(context)
  }

  /// Lets the SVG embed our PNG, which is several times smaller than the one cairo would write.
  private func attachPNG(of pixels: Raster<UInt32>, to surface: OpaquePointer?) {
    let file = PNGEncoder.data(of: pixels)
    let copy = UnsafeMutablePointer<UInt8>.allocate(capacity: file.count)
    file.copyBytes(to: copy, count: file.count)
    let status = cairo_surface_set_mime_data(
      surface, CAIRO_MIME_TYPE_PNG, copy, UInt(file.count), { $0?.deallocate() }, copy)
    if status != CAIRO_STATUS_SUCCESS { copy.deallocate() }
  }
}
