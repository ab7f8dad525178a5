extension Raster<Float> {
  /// Each pixel less `mean`, times the weights of its column and of its row.
  /// - Parameters:
  ///   - window: the weights along a side of so many pixels.
  ///   - mean: taken off each pixel before, in its unit.
  package func tapered(by window: (Int) -> [Float], less mean: Float = 0) -> Raster {
    let (across, down) = (window(width), window(height))
    return concurrentRows(width: width, height: height, of: Float(0)) { y, row in
      let pixels = values.span
      for x in 0..<width { row[x] = (pixels[y * width + x] - mean) * across[x] * down[y] }
    }
  }
}
