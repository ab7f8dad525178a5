extension Raster<Float> {
  /// The value between the four pixels around a place, each the heavier the nearer; beyond the border that of the nearest place in the raster, which
  /// must not be empty.
  @inlinable package func bilinear(at place: Point) -> Float {
    let x = Swift.min(Swift.max(0, place.x), Double(width - 1))
    let y = Swift.min(Swift.max(0, place.y), Double(height - 1))
    let (left, top) = (Int(x), Int(y))
    let (right, bottom) = (Swift.min(left + 1, width - 1), Swift.min(top + 1, height - 1))
    let (u, v) = (Float(x - Double(left)), Float(y - Double(top)))
    return (1 - v) * ((1 - u) * self[left, top] + u * self[right, top])
      + v * ((1 - u) * self[left, bottom] + u * self[right, bottom])
  }
}
