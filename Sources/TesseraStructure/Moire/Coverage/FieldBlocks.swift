import Foundation
import TesseraNumerics

/// The blocks of an image, of which all or some are fitted: inner products of waves over them are sums over blocks, each of which factors
/// into sums over rows and columns.
struct FieldBlocks: Sendable {
  let width, height: Int
  /// Blocks along each side.
  let perSide: Int
  /// The numbers of the blocks that are fitted, row after row.
  let used: [Int]

  /// - Parameter isUsed: of each block; nil for all.
  init(width: Int, height: Int, perSide: Int, isUsed: [Bool]?) {
    (self.width, self.height, self.perSide) = (width, height, perSide)
    used = (0..<perSide * perSide).filter { isUsed?[$0] ?? true }
  }

  private var isWhole: Bool { used.count == perSide * perSide }

  /// Part of the image that is fitted, 0 ... 1.
  var share: Double {
    let pixels = used.reduce(0) { $0 + columns(of: $1).count * rows(of: $1).count }
    return Double(pixels) / Double(width * height)
  }

  func columns(of block: Int) -> Range<Int> { part(block % perSide, of: width) }
  func rows(of block: Int) -> Range<Int> { part(block / perSide, of: height) }

  private func part(_ index: Int, of length: Int) -> Range<Int> {
    index * length / perSide..<(index + 1) * length / perSide
  }

  /// What inner products over blocks need of their columns and rows.
  func lines(of waves: WaveDictionary, taperPower: Int) -> [(columns: LineMoments, rows: LineMoments)] {
    (0..<perSide).map {
      (
        waves.lineMoments(\.x, taperPower: taperPower, over: part($0, of: width)),
        waves.lineMoments(\.y, taperPower: taperPower, over: part($0, of: height))
      )
    }
  }

  /// The inner product of each entry with each other over what is fitted.
  func gram(of waves: WaveDictionary, taperPower: Int) -> Matrix<Double> {
    if isWhole { return waves.gram(taperPower: taperPower) }
    let lines = lines(of: waves, taperPower: taperPower)
    var sum = Matrix<Double>(rows: waves.count, columns: waves.count, filling: 0)
    for block in used {
      let own = waves.gram(lines[block % perSide].columns, lines[block / perSide].rows)
      for index in sum.values.indices { sum.values[index] += own.values[index] }
    }
    return sum
  }

  /// The inner product of each entry with an image over what is fitted.
  func products(of waves: WaveDictionary, with image: Raster<Float>) -> [Double] {
    waves.products(with: cleared(image), columns: 0..<width, rows: 0..<height)
  }

  /// The image with zeros where nothing is fitted.
  func cleared(_ image: Raster<Float>) -> Raster<Float> {
    if isWhole { return image }
    var result = Raster<Float>(width: width, height: height, filling: 0)
    for block in used {
      let columns = columns(of: block)
      for row in rows(of: block) {
        let line = row * width + columns.lowerBound..<row * width + columns.upperBound
        result.values.replaceSubrange(line, with: image.values[line])
      }
    }
    return result
  }
}
