import Foundation
import TesseraNumerics

/// How the second layer of a bilayer is bent and strained: x = S X + κ (-X y, X²/2) from the middle of the image, where S stretches by
/// e along x and by -e/4 along y.
///
/// Bending turns the layer by κ x and strains it by exx = -κ y: a layer cannot turn from place to place without.
struct BilayerField: Sendable {
  let frame: Frame
  /// Of the layers against each other where nothing is bent, in radians.
  let twist: Double
  /// Radians per pixel, and strain along x.
  let bend, strain: Double

  /// Strain along y over that along x: a stretched sheet becomes narrower.
  private static let poisson = -0.25

  init(of bilayer: Bilayer, frame: Frame) {
    self.frame = frame
    let sixty = Double.pi / 3
    twist = bilayer.twist - (bilayer.twist / sixty).rounded() * sixty
    (bend, strain) = (bilayer.twistGradient * frame.nanometresPerPixel, bilayer.heterostrain)
  }

  var isZero: Bool { bend == 0 && strain == 0 }

  private var radius: Double { hypot(Double(frame.width), Double(frame.height)) / 2 }
  /// Strain or turn at the corners of the image, without a unit.
  var largestGradient: Double { abs(strain) + abs(bend) * radius }
  /// In pixels.
  var largestMove: Double { largestGradient * radius }

  /// How far the atom at a place of the straight layer has moved, both in pixels.
  func displacement(at place: Point) -> Point {
    let r = place - frame.centre
    let s = Point(r.x * (1 + strain), r.y * (1 + Self.poisson * strain))
    return s + bend * Point(-s.x * s.y, s.x * s.x / 2) - r
  }

  /// Twist in degrees, exx, eyy and exy of the second layer against the first at each pixel: the strain is that of the turned layer,
  /// along the axes of the image (`DisplacementGradient.stretchAfterTurn`).
  func planes() -> [Raster<Float>] {
    let (c, s) = (cos(twist), sin(twist))
    let values = concurrentMap(count: frame.width * frame.height) { index -> SIMD4<Float> in
      let place = Point(Double(index % frame.width), Double(index / frame.width)) - frame.centre
      // The place before bending.
      var x = place
      for _ in 0..<6 { x = place - bend * Point(-x.x * x.y, x.x * x.x / 2) }
      // F = (1 + grad u) S R.
      let (a, b, d, e) = (1 - bend * x.y, -bend * x.x, bend * x.x, 1.0)
      let (p, q) = (1 + strain, 1 + Self.poisson * strain)
      let (xx, xy) = (a * p * c + b * q * s, -a * p * s + b * q * c)
      let (yx, yy) = (d * p * c + e * q * s, -d * p * s + e * q * c)
      let local = DisplacementGradient(xx: xx - 1, xy: xy, yx: yx, yy: yy - 1).stretchAfterTurn
      return SIMD4(Float(local.turn * 180 / .pi), Float(local.exx), Float(local.eyy), Float(local.exy))
    }
    return (0..<4).map { plane in
      Raster(width: frame.width, height: frame.height, values: values.map { $0[plane] })
    }
  }
}
