import Foundation
import TesseraNumerics
import TesseraSegmentation
import Testing

/// Gaussian spots on a polygon around the middle of an image of 81 x 81 pixels.
private func spots(at angles: [Double], radius: Double = 12) -> Raster<Float> {
  let values = (0..<81 * 81).map { index -> Float in
    let (x, y) = (Double(index % 81) - 40, Double(index / 81) - 40)
    return angles.reduce(Float(0)) { sum, degrees in
      let (u, v) = (x - radius * cos(degrees * .pi / 180), y - radius * sin(degrees * .pi / 180))
      return sum + Float(exp(-(u * u + v * v) / 18))
    }
  }
  return Raster(width: 81, height: 81, values: values)
}

/// The scores in the middle of the image.
private func scores(_ image: Raster<Float>, _ operations: [PointGroupDescriptor.Operation]) -> [Float] {
  let grid = DescriptorGrid(width: 81, height: 81, stride: 80)
  #expect(grid.pixel(0) == 40)
  return PointGroupDescriptor(radius: 22, operations: operations).maps(of: image, on: grid).map { $0[0, 0] }
}

struct `Point-group scores` {
  @Test(arguments: [3, 4, 6]) func `are 1 for the rotations that a polygon has`(corners: Int) {
    let image = spots(at: (0..<corners).map { 360 * Double($0) / Double(corners) + 11 })
    for degrees in [60, 90, 120, 180] {
      let score = scores(image, [.rotation(degrees: degrees)])[0]
      if degrees * corners % 360 == 0 { #expect(score > 0.99) } else { #expect(score < 0.5) }
    }
    let folds = scores(image, [2, 3, 4, 6].map { .fold($0) })
    for (order, score) in zip([2, 3, 4, 6], folds) where corners % order == 0 { #expect(score > 0.99) }
    for (order, score) in zip([2, 3, 4, 6], folds) where corners % order != 0 { #expect(score < 0.8) }
  }

  @Test func `find the mirror planes of a triangle, and none where spots are unequal`() {
    let image = spots(at: [0, 120, 240])
    let planes = (0..<20).map { 9 * $0 }
    let found = scores(image, planes.map { .reflection(degrees: $0) })
    // Planes through the corners, at 0, 60 and 120 degrees; of those asked for, 0 is exact.
    #expect(found[0] > 0.999)
    #expect(found.enumerated().allSatisfy { $0.offset == 0 || $0.element < found[0] })
    #expect(scores(image, [.reflection(degrees: 60), .reflection(degrees: 120)]).allSatisfy { $0 > 0.99 })
    let odd = spots(at: [0, 70, 200])
    #expect(scores(odd, planes.map { .reflection(degrees: $0) }).allSatisfy { $0 < 0.8 })
  }

  @Test func `are 0 in a constant region`() {
    let flat = Raster<Float>(width: 81, height: 81, filling: 3)
    #expect(scores(flat, PointGroupDescriptor.rotations + PointGroupDescriptor.reflections).allSatisfy { $0 == 0 })
  }

  @Test func `of the neighbourhood are the largest of it`() {
    let image = spots(at: [0, 90, 180, 270])
    let grid = DescriptorGrid(width: 81, height: 81, stride: 2)
    let own = PointGroupDescriptor(radius: 20, operations: [.fold(4)]).maps(of: image, on: grid)[0]
    let pooled = PointGroupDescriptor(radius: 20, operations: [.fold(4)], window: 6).maps(of: image, on: grid)[0]
    for row in 0..<grid.rows {
      for column in 0..<grid.columns {
        var largest = -Float.infinity
        for v in max(0, row - 3)...min(grid.rows - 1, row + 3) {
          for u in max(0, column - 3)...min(grid.columns - 1, column + 3) { largest = max(largest, own[u, v]) }
        }
        #expect(pooled[column, row] == largest)
      }
    }
  }
}
