import Foundation

/// Places and weights of Gauss and Legendre's rule on -1 ... 1, exact for polynomials of degree 2 `count` - 1.
///
/// Newton's iteration on the Legendre polynomial from Tricomi's first guess. Source: Press et al., Numerical Recipes
/// (3rd ed.), §4.6.1. O(count²).
package func gaussLegendre(count: Int) -> (places: [Double], weights: [Double]) {
  precondition(count > 0)
  var places = [Double](repeating: 0, count: count)
  var weights = places
  for i in 0..<count {
    var x = cos(Double.pi * (Double(count - i) - 0.25) / (Double(count) + 0.5))
    var slope = 0.0
    for _ in 0..<100 {
      var (value, before) = (1.0, 0.0)
      for k in 1...count {
        let n = Double(k)
        (value, before) = (((2 * n - 1) * x * value - (n - 1) * before) / n, value)
      }
      slope = Double(count) * (x * value - before) / (x * x - 1)
      let step = value / slope
      x -= step
      if abs(step) < 1e-15 { break }
    }
    places[i] = x
    weights[i] = 2 / ((1 - x * x) * slope * slope)
  }
  return (places, weights)
}
