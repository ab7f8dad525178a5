import TesseraNumerics
import TesseraSegmentation
import Testing

/// A raster of smooth waves and noise on a large offset, as detectors give.
private func scene(width: Int, height: Int, seed: UInt64) -> Raster<Float> {
  var random = RandomSource(seed: seed, stream: 0)
  let values = (0..<width * height).map { index -> Float in
    let (x, y) = (Double(index % width), Double(index / width))
    return Float(500 + 40 * (x * 0.7).remainder(dividingBy: 5) + 3 * y + 25 * random.gaussian())
  }
  return Raster(width: width, height: height, values: values)
}

/// Pearson's correlation of two patches, written down as the definition says it.
private func direct(_ image: Raster<Float>, x: Int, y: Int, shift: Shift, half: Int) -> Double {
  var (a, b): ([Double], [Double]) = ([], [])
  for v in y - half...y + half {
    for u in x - half...x + half {
      a.append(Double(image[u, v]))
      b.append(Double(image[u + shift.x, v + shift.y]))
    }
  }
  let (meanA, meanB) = (Statistics.mean(a), Statistics.mean(b))
  var (aa, bb, ab) = (0.0, 0.0, 0.0)
  for (p, q) in zip(a, b) {
    aa += (p - meanA) * (p - meanA)
    bb += (q - meanB) * (q - meanB)
    ab += (p - meanA) * (q - meanB)
  }
  return aa > 0 && bb > 0 ? ab / (aa * bb).squareRoot() : 0
}

struct `Local correlation` {
  @Test(
    arguments: [
      (Shift(x: 3, y: 0), 4, 1), (Shift(x: 0, y: 5), 4, 3), (Shift(x: -6, y: 2), 2, 4), (Shift(x: 7, y: 9), 6, 5),
    ] as [(Shift, Int, Int)])
  func `equals its definition wherever both patches lie in the image`(shift: Shift, half: Int, stride: Int) {
    let image = scene(width: 61, height: 47, seed: 3)
    let grid = DescriptorGrid(width: 61, height: 47, stride: stride)
    let (forward, backward) = LocalCorrelation(of: image, half: half).maps(of: shift, on: grid)
    var compared = 0
    for row in 0..<grid.rows {
      for column in 0..<grid.columns {
        let (x, y) = (grid.pixel(column), grid.pixel(row))
        for (map, way) in [(forward, shift), (backward, -shift)] {
          let fits = [(x, y), (x + way.x, y + way.y)].allSatisfy {
            $0.0 >= half && $0.0 < 61 - half && $0.1 >= half && $0.1 < 47 - half
          }
          guard fits else { continue }
          compared += 1
          #expect(abs(Double(map[column, row]) - direct(image, x: x, y: y, shift: way, half: half)) < 1e-5)
        }
      }
    }
    #expect(compared > 40)
  }

  @Test func `is 0 where a patch is constant, and never anything but a number`() {
    var image = scene(width: 40, height: 40, seed: 1)
    for y in 0..<40 { for x in 0..<20 { image[x, y] = 500 } }
    let grid = DescriptorGrid(width: 40, height: 40, stride: 1)
    let (forward, backward) = LocalCorrelation(of: image, half: 3).maps(of: Shift(x: 2, y: 1), on: grid)
    #expect((forward.values + backward.values).allSatisfy { $0.isFinite && abs($0) <= 1 })
    #expect(forward[10, 20] == 0 && backward[10, 20] == 0)
  }

  /// The image repeats itself after 8 pixels, so the correlation at that shift is 1 up to the edge, where patches are cut off or
  /// the opposite shift stands in.
  @Test func `of a periodic image is 1 at every point of the image`() {
    var image = Raster<Float>(width: 48, height: 48, filling: 0)
    for y in 0..<48 { for x in 0..<48 { image[x, y] = Float((x % 8) * (y % 8)) } }
    let grid = DescriptorGrid(width: 48, height: 48, stride: 1)
    for shift in [Shift(x: 8, y: 0), Shift(x: 0, y: 8)] {
      let (forward, backward) = LocalCorrelation(of: image, half: 6).maps(of: shift, on: grid)
      #expect((forward.values + backward.values).allSatisfy { $0 > 0.9999 })
    }
    // In two corners of the image neither the shift nor its opposite has a pair of pixels.
    let (forward, backward) = LocalCorrelation(of: image, half: 6).maps(of: Shift(x: -8, y: 8), on: grid)
    for index in forward.values.indices where (index % 48 > 2 || index / 48 > 2) && (index % 48 < 45 || index / 48 < 45)
    {
      #expect(forward.values[index] > 0.9999 && backward.values[index] > 0.9999)
    }
  }

  /// The public program of [S21]: window 20 gives 81 shifts in steps of 5.
  @Test func `has the shifts of the public program`() {
    let shifts = TranslationDescriptor.uniformShifts(reach: 20)
    #expect(shifts.count == 40)
    #expect(Set(shifts.map(\.x)) == Set(stride(from: -20, through: 20, by: 5)))
    #expect(shifts.allSatisfy { !shifts.contains(-$0) })
  }
}
