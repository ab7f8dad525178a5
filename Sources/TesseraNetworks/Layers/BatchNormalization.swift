/// Batch normalisation with the statistics of the training:
///
///     out(c) = γ(c) (in(c) − μ(c)) / √(σ²(c) + ε) + β(c).
///
/// Source: Ioffe & Szegedy, ICML 2015, algorithm 2.
package struct BatchNormalization: Sendable, Equatable {
  /// γ, β, μ and σ², one number per channel.
  package let gamma, beta, mean, variance: [Float]
  /// ε, which keeps the root from 0: positive. 1e-4 in the nanoparticle network [P21], 1e-5 in libtorch.
  package let epsilon: Double

  package init(gamma: [Float], beta: [Float], mean: [Float], variance: [Float], epsilon: Double) {
    precondition(Set([gamma.count, beta.count, mean.count, variance.count]).count == 1 && epsilon > 0)
    (self.gamma, self.beta, self.mean, self.variance, self.epsilon) = (gamma, beta, mean, variance, epsilon)
  }

  /// The same as a factor and a summand per channel.
  var scaleAndShift: (scale: [Double], shift: [Double]) {
    let scale = gamma.indices.map { Double(gamma[$0]) / (Double(variance[$0]) + epsilon).squareRoot() }
    return (scale, scale.indices.map { Double(beta[$0]) - scale[$0] * Double(mean[$0]) })
  }

  /// The maps of maps with as many channels. A network does without: `Convolution.followed(by:)`.
  package func maps(of input: FeatureMaps) -> FeatureMaps {
    precondition(input.channels == gamma.count, "other maps than the statistics are made for")
    let (scale, shift) = scaleAndShift
    return FeatureMaps(channels: input.channels, height: input.height, width: input.width) { channel, y, row in
      let source = input.values.span.extracting(input.row(channel, y))
      for x in source.indices { row[x] = Float(Double(source[x]) * scale[channel] + shift[channel]) }
    }
  }
}
