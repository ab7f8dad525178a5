/// A part of an image: first column and row, numbers of both.
struct PixelRectangle {
  var x, y, width, height: Int

  func contains(_ window: GaussianWindow) -> Bool {
    window.x >= x && window.y >= y && window.x + window.width <= x + width && window.y + window.height <= y + height
  }
}
