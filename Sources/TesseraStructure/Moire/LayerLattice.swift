import Foundation
import TesseraNumerics

/// The reciprocal lattice of one hexagonal layer in an image.
public struct LayerLattice: Sendable, Codable, Equatable {
  /// The two shortest Bragg vectors, in cycles per pixel; the second about 60 degrees from the first, from +x towards +y.
  public var first, second: Point

  /// - Parameters:
  ///   - first: Bragg vector in cycles per pixel.
  ///   - second: Bragg vector about 60 degrees from `first`, from +x towards +y.
  public init(first: Point, second: Point) { (self.first, self.second) = (first, second) }

  /// Indices (m, n) of the waves m `first` + n `second` up to the third shell, one of each pair ±g: three of length |g|, three
  /// of √3 |g|, three of 2 |g|.
  static let waves: [(m: Int, n: Int)] = [
    (1, 0), (0, 1), (-1, 1), (1, 1), (-1, 2), (-2, 1), (2, 0), (0, 2), (-2, 2),
  ]

  func frequency(_ m: Int, _ n: Int) -> Point { Double(m) * first + Double(n) * second }

  /// The frequencies of `waves`, in cycles per pixel.
  package var frequencies: [Point] { Self.waves.map { frequency($0.m, $0.n) } }

  /// The lattices of which two vectors 60 degrees apart are the first, second or third shell.
  static func having(_ g: Point, _ h: Point) -> [LayerLattice] {
    [
      LayerLattice(first: g, second: h), LayerLattice(first: (2 * g - h) / 3, second: (g + h) / 3),
      LayerLattice(first: g / 2, second: h / 2),
    ]
  }

  /// Three Bragg vectors whose sum is zero, 120 degrees apart.
  var triple: [Point] { [first, second - first, -second] }

  /// The same lattice, its vectors turned by a multiple of 60 degrees.
  package func turned(sixths: Int) -> LayerLattice {
    var result = self
    for _ in 0..<((sixths % 6) + 6) % 6 {
      result = LayerLattice(first: result.second, second: result.second - result.first)
    }
    return result
  }

  /// The same lattice, turned in the plane of the specimen.
  package func rotated(by angle: Double, pixel: Point) -> LayerLattice {
    func rotated(_ g: Point) -> Point {
      let turned = Point(g.x / pixel.x, g.y / pixel.y).rotated(by: angle)
      return Point(turned.x * pixel.x, turned.y * pixel.y)
    }
    return LayerLattice(first: rotated(first), second: rotated(second))
  }

  /// The lattice in other units: in cycles per nm for the size of a pixel in nm.
  func scaled(pixel: Point) -> LayerLattice {
    func scaled(_ g: Point) -> Point { Point(g.x / pixel.x, g.y / pixel.y) }
    return LayerLattice(first: scaled(first), second: scaled(second))
  }

  /// Lattice vectors a, b with a·first = b·second = 1, in pixels.
  public var vectors: LatticeVectors { LatticeVectors(u: first, v: second).reciprocal }

  /// Lattice constant of the hexagonal lattice with the same area of the cell, in pixels: √(2 A / √3).
  public var constant: Double { (2 * abs(vectors.u.cross(vectors.v)) / 3.0.squareRoot()).squareRoot() }

  /// Mean length of the three shortest Bragg vectors, in cycles per pixel.
  var length: Double { triple.map(\.length).reduce(0, +) / 3 }

  /// The four numbers that a fit changes: first.x, first.y, second.x, second.y.
  var parameters: [Double] {
    get { [first.x, first.y, second.x, second.y] }
    set { (first, second) = (Point(newValue[0], newValue[1]), Point(newValue[2], newValue[3])) }
  }
}
