import Foundation
import TesseraImaging
import TesseraNumerics
import TesseraSegmentation
import TesseraSimulation
import Testing

private func image(_ width: Int, _ height: Int, _ value: (Double, Double) -> Double) -> Raster<Float> {
  Raster(
    width: width, height: height,
    values: (0..<width * height).map { Float(value(Double($0 % width), Double($0 / width))) })
}

struct `Waves under a window` {
  @Test func `are those of the image, wherever the window is`() {
    let waves = SpectrumDescriptor.uniformWaves(spacing: 16)
    #expect(waves.count == 40)
    let picture = image(120, 120) { x, y in 100 + 7 * cos(2 * .pi * (2 * x - y) / 32) }
    let grid = DescriptorGrid(width: 120, height: 120, stride: 9)
    let maps = SpectrumDescriptor(half: 24, waves: waves).maps(of: picture, on: grid)
    // A wave and its opposite are one.
    let place = waves.firstIndex { $0.x == -2.0 / 32 && $0.y == 1.0 / 32 }!
    for (index, map) in maps.enumerated() {
      #expect(map.values.allSatisfy { $0 >= 0 && $0 <= 1 })
      if index == place { #expect(map.values.allSatisfy { $0 > 0.8 }) }
      #expect(map.values.max()! - map.values.min()! < 0.02)
    }
    let kept = SpectrumDescriptor(half: 24, waves: waves).maps(of: picture, on: grid, kept: [3, place])
    #expect(kept == [maps[3], maps[place]])
  }

  @Test func `are 0 in a constant region`() {
    let maps = SpectrumDescriptor(half: 12, waves: SpectrumDescriptor.uniformWaves(spacing: 8))
      .maps(of: image(60, 60) { _, _ in 5000 }, on: DescriptorGrid(width: 60, height: 60, stride: 7))
    #expect(maps.allSatisfy { $0.values.allSatisfy { $0 == 0 } })
  }
}

struct `Glides` {
  /// Motifs without symmetry along a row, every other one mirrored in it: plane group pg, with half the repeat as its glide.
  @Test func `are seen where there are no mirror planes`() {
    func motif(_ x: Double, _ y: Double) -> Double {
      [(0.0, 0.0, 1.0), (4, 5, 0.7), (-5, 3, 0.5), (2, -7, 0.3)].reduce(0) { sum, spot in
        sum + spot.2 * exp(-(pow(x - spot.0, 2) + pow(y - spot.1, 2)) / 6)
      }
    }
    let picture = image(121, 121) { x, y in
      var sum = 0.0
      for i in -4...4 {
        for j in -3...3 {
          let (u, v) = (x - 60 - 16 * Double(i), y - 60 - 34 * Double(j))
          sum += motif(u, i.isMultiple(of: 2) ? v : -v)
        }
      }
      return sum
    }
    let grid = DescriptorGrid(width: 121, height: 121, stride: 120)
    let scores = PointGroupDescriptor(
      radius: 30, operations: [.reflection(degrees: 0), .glide(degrees: 0, pixels: 16), .glide(degrees: 0, pixels: 8)]
    ).maps(of: picture, on: grid).map { $0[0, 0] }
    #expect(scores[1] > 0.98 && scores[0] < 0.9 && scores[2] < 0.5, "\(scores)")
  }
}

struct `Strips of a large image` {
  @Test func `have the correlations of the whole`() {
    var random = RandomSource(seed: 4)
    let picture = image(48, 2300) { x, y in cos(x / 2) * cos(y / 3) + 0.3 * random.gaussian() }
    let shifts = [Shift(x: 0, y: 7), Shift(x: -5, y: 6), Shift(x: 6, y: 0)]
    for stride in [1, 3] {
      let grid = DescriptorGrid(width: 48, height: 2300, stride: stride)
      let whole = LocalCorrelation(of: picture, half: 9)
      let maps = TranslationDescriptor(half: 9, shifts: shifts).maps(of: picture, on: grid)
      for (shift, map) in zip(shifts, maps) {
        let (forward, backward) = whole.maps(of: shift, on: grid)
        for point in map.values.indices {
          #expect(abs(map.values[point] - (forward.values[point] + backward.values[point]) / 2) < 1e-6)
        }
      }
    }
  }

  /// A grid of every pixel is computed another way than a coarser one.
  @Test func `of every pixel have the values of a coarser grid`() {
    var random = RandomSource(seed: 5)
    let picture = image(60, 50) { x, y in cos(x / 2) * cos(y / 3) + 0.3 * random.gaussian() }
    let (fine, coarse) = (
      DescriptorGrid(width: 60, height: 50, stride: 1), DescriptorGrid(width: 60, height: 50, stride: 3)
    )
    let correlation = LocalCorrelation(of: picture, half: 8)
    for shift in [Shift(x: 5, y: 0), Shift(x: -7, y: 4), Shift(x: 3, y: 6)] {
      let (a, b) = (correlation.maps(of: shift, on: fine), correlation.maps(of: shift, on: coarse))
      for row in 0..<coarse.rows {
        for column in 0..<coarse.columns {
          let (x, y) = (coarse.pixel(column), coarse.pixel(row))
          #expect(abs(a.forward[x, y] - b.forward[column, row]) < 1e-6)
          #expect(abs(a.backward[x, y] - b.backward[column, row]) < 1e-6)
        }
      }
    }
  }
}

struct `Kinds of operations` {
  /// Odd Zernike terms change their sign with the motif, which no score of an image with itself does.
  @Test(.slow) func `tell inversion domains apart by odd terms`() throws {
    let made = try simulated("inversion", seed: 7)
    var segmenter = Segmenter()
    segmenter.operations = [.zernike]
    let found = try segmenter.segmentation(of: made.micrograph.pixels, spacing: 21)
    #expect(found.patterns.count == 2)
    #expect(accuracy(found.labels, try #require(made.scene.labels)) >= 0.95)
    #expect(try #require(found.ranking?.best.first).name.hasPrefix("term "))
  }

  @Test(
    .slow,
    arguments: [([.spectrum], nil), ([.translations], 12), ([.translations, .spectrum, .zernike], 10)]
      as [([Segmenter.Operations], Int?)])
  func `divide two lattices, the best of them alone too`(operations: [Segmenter.Operations], best: Int?) throws {
    let made = try simulated("two-lattices", seed: 51)
    var segmenter = Segmenter()
    (segmenter.operations, segmenter.best) = (operations, best)
    let found = try segmenter.segmentation(of: made.micrograph.pixels, spacing: 22)
    #expect(found.patterns.count == 2)
    #expect(accuracy(found.labels, try #require(made.scene.labels)) >= 0.98)
    #expect(found.model.operationCount == best ?? 40 && found.model.selectsOperations == (best != nil))
    // Other images are divided by the same few.
    let again = try Segmenter().segmentation(of: made.micrograph.pixels, by: found.model)
    let same = zip(found.labels.values, again.labels.values).count { $0 == $1 }
    #expect(Double(same) > 0.98 * Double(found.labels.count))
    // Components are sums over strips there, and a product of matrices here.
    let (a, b) = (found.field.components.values, again.field.components.values)
    #expect(zip(a, b).allSatisfy { abs($0 - $1) < 1e-3 })
  }

  @Test(.slow) func `stay all where there is nothing to tell apart`() throws {
    var segmenter = Segmenter()
    segmenter.best = 5
    let found = try segmenter.segmentation(of: simulated("hexagonal", seed: 1).micrograph.pixels, spacing: 21)
    #expect(found.patterns.count == 1 && !found.model.selectsOperations)
  }
}
