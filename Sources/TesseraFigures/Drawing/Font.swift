import CCairo
import Synchronization

/// Which point of a text lies at the given place.
enum TextAnchor { case start, middle, end }

/// DejaVu Sans in one of the sizes that figures use; the smallest is readable at 100 %.
enum Font {
  /// Titles of panels.
  case title
  /// Axis names, legends, captions.
  case label
  /// Emphasised labels.
  case strong
  /// Numbers along axes.
  case tick

  /// Height of the font in drawing units.
  var size: Double {
    switch self {
    case .title: 15
    case .label, .strong: 13
    case .tick: 12
    }
  }

  /// From the middle of the capitals to the baseline; centres a text vertically.
  var halfCapitalHeight: Double { 0.365 * size }
  /// From one baseline to the next.
  var lineHeight: Double { (1.4 * size).rounded() }

  func select(in context: OpaquePointer) {
    let isBold = self == .title || self == .strong
    cairo_select_font_face(
      context, "DejaVu Sans", CAIRO_FONT_SLANT_NORMAL, isBold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL)
    cairo_set_font_size(context, size)
  }

  /// Length of a text in drawing units.
  func width(of text: String) -> Double {
    Self.ruler.withLock { ruler in
      select(in: ruler.context)
      var extents = cairo_text_extents_t()
      cairo_text_extents(ruler.context, text, &extents)
      return extents.x_advance
    }
  }

  /// The text, shortened with an ellipsis until it is no longer than `limit`.
  func fitting(_ text: String, within limit: Double) -> String {
    guard width(of: text) > limit else { return text }
    var kept = text
    while !kept.isEmpty && width(of: kept + "…") > limit { kept.removeLast() }
    return kept + "…"
  }

  /// A context that only measures. Its font options are those of every canvas.
  private struct Ruler: @unchecked Sendable {  // Used under the lock alone.
    let context: OpaquePointer
    init() {
      let surface = cairo_image_surface_create(CAIRO_FORMAT_A8, 1, 1)
      context = cairo_create(surface)
      cairo_surface_destroy(surface)
      let options = cairo_font_options_create()
      cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE)
      cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF)
      cairo_set_font_options(context, options)
      cairo_font_options_destroy(options)
    }
  }

  private static let ruler = Mutex(Ruler())
}
