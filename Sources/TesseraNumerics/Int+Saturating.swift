extension Int {
  /// The whole part of a number; the ends of a range of ±2⁵² for what lies beyond, 0 for what is no number.
  ///
  /// For places and sizes that follow from pixels: a fit of hostile values may end anywhere, and `Int(_: Double)` would stop the
  /// program. The range leaves room to add and multiply by small numbers.
  @inlinable package init(saturating value: Double) {
    let limit = 4_503_599_627_370_496.0
    self = value.isNaN ? 0 : Int(Swift.max(-limit, Swift.min(limit, value)))
  }

  /// The same of single precision.
  @inlinable package init(saturating value: Float) { self.init(saturating: Double(value)) }
}
