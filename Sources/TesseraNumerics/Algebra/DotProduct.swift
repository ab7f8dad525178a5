/// Σ aᵢ bᵢ of two vectors of equal length, summed in the order of the elements.
package func dot(_ a: [Double], _ b: [Double]) -> Double {
  precondition(a.count == b.count, "vectors of a product are equally long")
  var sum = 0.0
  for index in a.indices { sum += a[index] * b[index] }
  return sum
}
