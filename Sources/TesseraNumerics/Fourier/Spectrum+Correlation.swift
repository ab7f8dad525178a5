extension Spectrum {
  /// The spectrum of the correlation Σₖ f(x + k) g(k): F(f) times the conjugate of F(g). f is what this spectrum belongs to.
  package func correlated(with kernel: Spectrum) -> Spectrum {
    precondition(width == kernel.width && height == kernel.height)
    var result = self
    for index in result.values.indices {
      let (a, b) = (values[index], kernel.values[index])
      result.values[index] = SIMD2(a.x * b.x + a.y * b.y, a.y * b.x - a.x * b.y)
    }
    return result
  }

  /// The spectrum of the sum of two functions.
  package func adding(_ other: Spectrum) -> Spectrum {
    precondition(width == other.width && height == other.height)
    var result = self
    for index in result.values.indices { result.values[index] += other.values[index] }
    return result
  }
}

/// The smallest number from `size` on without a prime factor above 7, for which Fourier transforms are fast.
package func smoothSize(_ size: Int) -> Int {
  var candidate = size
  while true {
    var rest = candidate
    for prime in [2, 3, 5, 7] { while rest.isMultiple(of: prime) { rest /= prime } }
    if rest == 1 { return candidate }
    candidate += 1
  }
}
