import Foundation
import TesseraNumerics

/// Masks of shapes that lie anywhere on the grid: a pixel belongs to a shape if its centre does.
enum DigitalShape {
  static func mask(width: Int, height: Int, _ isInside: (Point) -> Bool) -> Raster<Bool> {
    var mask = Raster(width: width, height: height, filling: false)
    for y in 0..<height {
      for x in 0..<width { mask[x, y] = isInside(Point(Double(x), Double(y))) }
    }
    return mask
  }

  static func disc(_ centre: Point, radius: Double) -> (Point) -> Bool {
    { ($0 - centre).squaredLength <= radius * radius }
  }

  /// - Parameter angle: of the first half axis, from +x towards +y.
  static func ellipse(_ centre: Point, axes: (Double, Double), angle: Double) -> (Point) -> Bool {
    { place in
      let along = (place - centre).rotated(by: -angle)
      let (u, v) = (along.x / axes.0, along.y / axes.1)
      return u * u + v * v <= 1
    }
  }

  /// Ramanujan's second-best formula, exact to a millionth for these ellipses.
  static func perimeter(ofEllipse a: Double, _ b: Double) -> Double {
    .pi * (3 * (a + b) - ((3 * a + b) * (a + 3 * b)).squareRoot())
  }

  /// A regular polygon of this area.
  static func polygon(_ centre: Point, sides: Int, area: Double, angle: Double) -> (Point) -> Bool {
    let count = Double(sides)
    let inner = (area / (count * tan(.pi / count))).squareRoot()
    return { place in
      (0..<sides).allSatisfy { side in
        let normal = Point(1, 0).rotated(by: angle + 2 * .pi * Double(side) / count)
        return (place - centre).dot(normal) <= inner
      }
    }
  }
}

extension Raster where Pixel == Bool {
  /// Indices of the pixels that are true.
  var region: [Int] { values.indices.filter { values[$0] } }
  var area: Int { values.count { $0 } }
}

/// Planes of a crystal in white noise.
struct DigitalLattice {
  var side = 96
  /// Cycles a pixel.
  var frequencies: [Point] = []
  var amplitude = 1.0
  var noise = 0.5
  var seed: UInt64 = 1

  /// - Parameters:
  ///   - isCrystal: where the planes are.
  ///   - shift: of their phase, in radians.
  func image(where isCrystal: (Point) -> Bool, shift: (Point) -> Double = { _ in 0 }) -> Raster<Float> {
    var random = RandomSource(seed: seed)
    var image = Raster<Float>(width: side, height: side, filling: 0)
    for y in 0..<side {
      for x in 0..<side {
        let place = Point(Double(x), Double(y))
        var value = noise * random.gaussian()
        if isCrystal(place) {
          for frequency in frequencies { value += amplitude * cos(2 * .pi * frequency.dot(place) + shift(place)) }
        }
        image[x, y] = Float(value)
      }
    }
    return image
  }
}
