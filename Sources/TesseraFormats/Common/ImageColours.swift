import TesseraNumerics

/// What the colours of a picture say: whether it is a colour image, or a grey one into which something was drawn.
struct ImageColours {
  /// True for pixels that were drawn into a grey picture: coloured ones and those next to them, which letters shade into. Nil where
  /// the picture has colours everywhere, or hardly any.
  let drawn: Raster<Bool>?
  /// Whether the picture has colours of its own: in more pixels than a scale bar and captions cover, or in fewer than a letter has.
  let areOwn: Bool

  /// A pixel has a colour where its channels differ by more than this share of the range of the image; lossy compression makes less
  /// of grey.
  private static let leastChroma: Float = 0.15
  /// Labels cover less than this share of a picture.
  private static let labelShare = 0.15
  /// Fewer coloured pixels are no drawing.
  private static let fewestPixels = 16
  /// Pixels around a coloured one that it may have changed: smooth edges of letters, and compression.
  private static let margin = 3

  /// - Parameter chroma: largest minus smallest channel of each pixel; empty in a grey picture, of which there is nothing to say.
  init?(chroma: [Float], of image: Raster<Float>) {
    guard chroma.count == image.count else { return nil }
    var (low, high) = (Float.infinity, -Float.infinity)
    for value in image.values where value.isFinite { (low, high) = (min(low, value), max(high, value)) }
    let limit = Self.leastChroma * (high - low)
    let coloured = chroma.indices.filter { chroma[$0] > limit }
    let isDrawing =
      coloured.count >= Self.fewestPixels && Double(coloured.count) <= Self.labelShare * Double(image.count)
    areOwn = !coloured.isEmpty && !isDrawing
    guard isDrawing else {
      drawn = nil
      return
    }
    var drawn = image.map { _ in false }
    for index in coloured {
      let (x, y) = (index % image.width, index / image.width)
      for v in max(0, y - Self.margin)...min(image.height - 1, y + Self.margin) {
        for u in max(0, x - Self.margin)...min(image.width - 1, x + Self.margin) { drawn[u, v] = true }
      }
    }
    self.drawn = drawn
  }
}
