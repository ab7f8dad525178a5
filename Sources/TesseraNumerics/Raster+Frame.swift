extension Raster {
  /// How far a place is outside the outer edges of the pixels, in pixels; negative inside.
  package func excess(of place: Point) -> Double {
    max(-0.5 - place.x, -0.5 - place.y, place.x - (Double(width) - 0.5), place.y - (Double(height) - 0.5))
  }
}
