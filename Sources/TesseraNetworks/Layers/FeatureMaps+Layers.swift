/// Layers without weights.
extension FeatureMaps {
  /// max(0, v): the rectified linear unit (ReLU).
  package var rectified: FeatureMaps {
    FeatureMaps(channels: channels, height: height, width: width) { channel, y, row in
      let source = values.span.extracting(self.row(channel, y))
      for x in source.indices { row[x] = max(0, source[x]) }
    }
  }

  /// The largest of each 2 x 2 numbers: half as wide and high. Both sizes must be even.
  package var maxPooled: FeatureMaps {
    precondition(width.isMultiple(of: 2) && height.isMultiple(of: 2), "pooling by two needs even sizes")
    return FeatureMaps(channels: channels, height: height / 2, width: width / 2) { channel, y, row in
      let above = values.span.extracting(self.row(channel, 2 * y))
      let below = values.span.extracting(self.row(channel, 2 * y + 1))
      for x in row.indices {
        row[x] = max(max(above[2 * x], above[2 * x + 1]), max(below[2 * x], below[2 * x + 1]))
      }
    }
  }

  /// Each number as 2 x 2 equal ones (nearest neighbours): twice as wide and high.
  package var upSampled: FeatureMaps {
    FeatureMaps(channels: channels, height: 2 * height, width: 2 * width) { channel, y, row in
      let source = values.span.extracting(self.row(channel, y / 2))
      for x in source.indices {
        row[2 * x] = source[x]
        row[2 * x + 1] = source[x]
      }
    }
  }

  /// The planes of all, one after the other; sizes must agree.
  package init(joining parts: [FeatureMaps]) {
    precondition(parts.allSatisfy { $0.width == parts[0].width && $0.height == parts[0].height })
    self.init(
      channels: parts.reduce(0) { $0 + $1.channels }, height: parts[0].height, width: parts[0].width,
      values: parts.flatMap(\.values))
  }

  /// The sum of each plane over the part with corners (`x`, `y`) and (`x + width`, `y + height`), in double precision:
  /// divided by the number of pixels, the global average pool.
  package func sums(x: Int, y: Int, width: Int, height: Int) -> [Double] {
    (0..<channels).map { channel in
      var sum = 0.0
      for line in y..<y + height {
        let row = values.span.extracting(self.row(channel, line))
        for place in x..<x + width { sum += Double(row[place]) }
      }
      return sum
    }
  }
}
