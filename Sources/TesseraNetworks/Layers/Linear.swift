/// A layer that joins each input with each output: out(o) = b(o) + Σᵢ w(o, i) in(i).
package struct Linear: Sendable, Equatable {
  package let inputCount: Int
  package let outputCount: Int
  /// Output x input.
  package let weights: [Float]
  /// One number per output.
  package let bias: [Float]

  package init(inputCount: Int, outputCount: Int, weights: [Float], bias: [Float]) {
    precondition(weights.count == inputCount * outputCount && bias.count == outputCount)
    (self.inputCount, self.outputCount, self.weights, self.bias) = (inputCount, outputCount, weights, bias)
  }

  /// In double precision: there are few numbers, and they are sums of many pixels.
  package func values(of input: [Double]) -> [Double] {
    precondition(input.count == inputCount, "\(inputCount) numbers are needed, not \(input.count)")
    return (0..<outputCount).map { output in
      var sum = Double(bias[output])
      for index in 0..<inputCount { sum += Double(weights[output * inputCount + index]) * input[index] }
      return sum
    }
  }
}
