import Foundation

/// The gradient of a displacement field u(X): the point at X of the reference has moved to X + u(X).
///
/// Components are du_x/dx, du_x/dy, du_y/dx, du_y/dy, without a unit; y runs down. For small gradients the symmetric
/// part is the strain and the rest a rotation. Source: Hýtch, Snoeck & Kilaas, Ultramicroscopy 74 (1998) 131, section 2.
public struct DisplacementGradient: Sendable, Codable, Equatable {
  /// The components: the first letter is that of the displacement, the second that of the direction of the derivative.
  public var xx, xy, yx, yy: Double

  /// A gradient from du_x/dx, du_x/dy, du_y/dx and du_y/dy.
  public init(xx: Double, xy: Double, yx: Double, yy: Double) {
    (self.xx, self.xy, self.yx, self.yy) = (xx, xy, yx, yy)
  }

  /// Positive where the crystal is stretched along x.
  public var exx: Double { xx }
  /// Positive where the crystal is stretched along y.
  public var eyy: Double { yy }
  /// The shear strain of the tensor, half the change of a right angle.
  public var exy: Double { (xy + yx) / 2 }
  /// From +x towards +y (clockwise on the screen), in radians.
  public var rotation: Double { (yx - xy) / 2 }
  /// Half the relative change of area.
  public var hydrostatic: Double { (xx + yy) / 2 }
  /// The largest shear strain of the tensor in any axes: half the difference of the principal strains.
  public var largestShear: Double {
    let half = (xx - yy) / 2
    return (half * half + exy * exy).squareRoot()
  }
  /// Largest and smallest stretch, and the direction of the largest, from +x towards +y, -pi/2 ... pi/2.
  public var principal: (major: Double, minor: Double, angle: Double) {
    (hydrostatic + largestShear, hydrostatic - largestShear, 0.5 * atan2(2 * exy, xx - yy))
  }

  /// The gradient of the same field in axes from which these are turned by an angle: R G Rᵀ.
  public func rotated(by angle: Double) -> DisplacementGradient {
    let (c, s) = (cos(angle), sin(angle))
    // Rows of R G.
    let (px, py) = (Point(c * xx - s * yx, c * xy - s * yy), Point(s * xx + c * yx, s * xy + c * yy))
    return DisplacementGradient(
      xx: px.x * c - px.y * s, xy: px.x * s + px.y * c, yx: py.x * c - py.y * s, yy: py.x * s + py.y * c)
  }
}
