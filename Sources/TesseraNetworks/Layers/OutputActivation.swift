import Foundation
import TesseraNumerics

/// What a network does with the numbers of its last convolution.
public enum OutputActivation: String, Sendable, Codable, CaseIterable {
  /// Nothing: the numbers themselves (logits).
  case none
  /// 1 / (1 + exp(−v)) of each number.
  case sigmoid
  /// exp(v) divided by its sum over the channels of the pixel, which then add up to 1.
  case softmax

  package func maps(of input: FeatureMaps) -> FeatureMaps {
    switch self {
    case .none: return input
    case .sigmoid:
      return FeatureMaps(channels: input.channels, height: input.height, width: input.width) { channel, y, row in
        let source = input.values.span.extracting(input.row(channel, y))
        for x in source.indices { row[x] = logistic(source[x]) }
      }
    case .softmax: return shares(of: input)
    }
  }

  private func shares(of input: FeatureMaps) -> FeatureMaps {
    let shares = concurrentMap(count: input.height) { y in
      // Of one row: its pixels channel after channel. The largest number is taken off, so that no exponential overflows.
      var line: [Float] = []
      line.reserveCapacity(input.channels * input.width)
      for channel in 0..<input.channels {
        let row = input.values.span.extracting(input.row(channel, y))
        for x in row.indices { line.append(row[x]) }
      }
      for x in 0..<input.width {
        var largest = -Float.infinity
        for channel in 0..<input.channels { largest = max(largest, line[channel * input.width + x]) }
        var sum: Float = 0
        for channel in 0..<input.channels {
          let value = exp(line[channel * input.width + x] - largest)
          line[channel * input.width + x] = value
          sum += value
        }
        for channel in 0..<input.channels { line[channel * input.width + x] /= sum }
      }
      return line
    }
    return FeatureMaps(channels: input.channels, height: input.height, width: input.width) { channel, y, row in
      let line = shares[y]
      for x in row.indices { row[x] = line[channel * input.width + x] }
    }
  }
}

/// 1 / (1 + exp(−v)), without overflow.
private func logistic(_ v: Float) -> Float {
  if v >= 0 { return 1 / (1 + exp(-v)) }
  let small = exp(v)
  return small / (1 + small)
}
