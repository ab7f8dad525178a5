import Foundation

extension Spectrum {
  /// Mean power of noise per coefficient between two frequencies (`Statistics.meanOfExponential`). Reflections, which take a small part
  /// of the ring, hardly move it.
  /// - Parameters:
  ///   - lowest: the inner end of the ring, in cycles per pixel.
  ///   - highest: the outer end of the ring, in cycles per pixel.
  ///   - fewest: with fewer coefficients between them, the answer is nil.
  ///   - reflections: coefficients within `distance` of them, or of their opposites, do not count: the taper of an image and the strain
  ///     of a crystal spread its reflections. In cycles per pixel.
  ///   - distance: around each reflection, in cycles per pixel; 0: all coefficients count.
  /// - Returns: in squared units of the image, for an image of `width` x `height` pixels: white noise of unit variance has
  ///   `width` x `height`.
  public func noisePower(
    from lowest: Double, to highest: Double, fewest: Int = 100, awayFrom reflections: [Point] = [],
    by distance: Double = 0
  ) -> Double? {
    let rows = (0..<height).filter { abs(frequencyY($0)) <= highest }
    let powers = concurrentMap(chunksOf: 64, of: rows.count) { range -> [Float] in
      var powers: [Float] = []
      for row in range.map({ rows[$0] }) {
        let fy = frequencyY(row)
        let last = min(columns - 1, Int(saturating: (highest * Double(width)).rounded(.up)))
        for column in 0...last {
          let fx = frequencyX(column)
          let square = fx * fx + fy * fy
          // The zeroth column holds both members of its pairs.
          guard square >= lowest * lowest, square <= highest * highest, column > 0 || fy > 0 else { continue }
          let place = Point(fx, fy)
          let isNear = reflections.contains { min((place - $0).length, (place + $0).length) < distance }
          if isNear { continue }
          let value = values[row * columns + column]
          powers.append(value.x * value.x + value.y * value.y)
        }
      }
      return powers
    }.flatMap { $0 }
    return powers.count < fewest ? nil : Statistics.meanOfExponential(powers)
  }
}
