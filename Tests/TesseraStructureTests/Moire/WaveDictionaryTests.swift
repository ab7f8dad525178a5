import Foundation
import TesseraNumerics
import TesseraStructure
import Testing

struct `The dictionary of waves` {
  private let waves = WaveDictionary(width: 13, height: 9, waves: [Point(0.11, -0.07), Point(0.02, 0.3)])

  /// An entry at a pixel, by its definition.
  private func value(_ growth: WaveDictionary.Growth, _ wave: Int, _ part: WaveDictionary.Part, x: Int, y: Int)
    -> Double
  {
    let place = Point(Double(x) - 6, Double(y) - 4)
    let phase = 2 * .pi * waves.frequencies[wave].dot(place)
    let factor =
      switch growth {
      case .none: 1.0
      case .x: place.x
      case .y: place.y
      }
    return factor * (part == .cosine ? cos(phase) : sin(phase))
  }

  private var entries: [(growth: WaveDictionary.Growth, wave: Int, part: WaveDictionary.Part)] {
    WaveDictionary.Growth.allCases.flatMap { growth in
      (0..<3).flatMap { wave in WaveDictionary.Part.allCases.map { (growth, wave, $0) } }
    }
  }

  @Test(arguments: [1, 2]) func `has the inner products of its entries`(power: Int) {
    let gram = waves.gram(taperPower: power)
    for a in entries {
      for b in entries {
        var sum = 0.0
        for y in 0..<9 {
          for x in 0..<13 {
            let weight = pow(waves.across[x] * waves.down[y], Double(power))
            sum += weight * value(a.growth, a.wave, a.part, x: x, y: y) * value(b.growth, b.wave, b.part, x: x, y: y)
          }
        }
        let found = gram[waves.index(a.growth, a.wave, a.part), waves.index(b.growth, b.wave, b.part)]
        #expect(abs(found - sum) < 1e-9 * 13 * 9 * 36)  // Sums of up to 36 a pixel, in double precision.
      }
    }
  }

  @Test func `has its inner products with an image, part by part`() {
    var random = RandomSource(seed: 3)
    let image = Raster(width: 13, height: 9, values: (0..<117).map { _ in Float(random.uniform()) })
    let whole = waves.products(with: image, columns: 0..<13, rows: 0..<9)
    let left = waves.products(with: image, columns: 0..<5, rows: 0..<9)
    let right = waves.products(with: image, columns: 5..<13, rows: 0..<9)
    for entry in entries {
      var sum = 0.0
      for y in 0..<9 {
        for x in 0..<13 {
          sum +=
            waves.across[x] * waves.down[y] * value(entry.growth, entry.wave, entry.part, x: x, y: y)
            * Double(image[x, y])
        }
      }
      let index = waves.index(entry.growth, entry.wave, entry.part)
      #expect(abs(whole[index] - sum) < 1e-3)  // Products of a row in single precision.
      #expect(abs(left[index] + right[index] - sum) < 1e-3)
    }
  }

  @Test func `makes the image of its coefficients`() {
    let image = waves.image(of: [(0.5, 0), (1, -2), (0.3, 0.7)])
    for y in 0..<9 {
      for x in 0..<13 {
        let expected =
          0.5 + value(.none, 1, .cosine, x: x, y: y) - 2 * value(.none, 1, .sine, x: x, y: y)
          + 0.3 * value(.none, 2, .cosine, x: x, y: y) + 0.7 * value(.none, 2, .sine, x: x, y: y)
        #expect(abs(Double(image[x, y]) - expected) < 1e-5)
      }
    }
  }
}
