import Foundation
import TesseraNumerics
import Testing

struct `A displacement gradient` {
  private let sample = DisplacementGradient(xx: 0.03, xy: -0.01, yx: 0.02, yy: -0.015)

  @Test func `splits into strain and rotation`() {
    #expect(sample.exx == 0.03 && sample.eyy == -0.015)
    #expect(abs(sample.exy - 0.005) < 1e-15 && abs(sample.rotation - 0.015) < 1e-15)
    #expect(abs(sample.hydrostatic - 0.0075) < 1e-15)
  }

  @Test func `turns clockwise on the screen with positive rotation`() {
    // A small turn from +x towards +y (down) moves the point (1, 0) towards +y.
    let angle = 1e-6
    let turned = Point(1, 0).rotated(by: angle)
    let g = DisplacementGradient(xx: turned.x - 1, xy: -sin(angle), yx: turned.y, yy: cos(angle) - 1)
    #expect(abs(g.rotation - angle) < 1e-15)
  }

  @Test func `keeps its invariants in turned axes`() {
    let turned = sample.rotated(by: 0.7)
    #expect(abs(turned.hydrostatic - sample.hydrostatic) < 1e-15)
    #expect(abs(turned.rotation - sample.rotation) < 1e-15)
    #expect(abs(turned.largestShear - sample.largestShear) < 1e-15)
    #expect(abs(turned.principal.angle - sample.principal.angle - 0.7) < 1e-12)
    let back = turned.rotated(by: -0.7)
    #expect(abs(back.xy - sample.xy) < 1e-15 && abs(back.yx - sample.yx) < 1e-15)
  }

  @Test func `has principal strains along whose axes there is no shear`() {
    let own = sample.rotated(by: -sample.principal.angle)
    #expect(abs(own.exy) < 1e-15)
    #expect(abs(own.exx - sample.principal.major) < 1e-15 && abs(own.eyy - sample.principal.minor) < 1e-15)
  }

  @Test func `of a covariance maps as a product of matrices`() {
    let c = PlanarCovariance(xx: 2, xy: 0.5, yy: 1)
    let (p, q) = (Point(1, 2), Point(-1, 0.5))
    let mapped = c.mapped(p, q)
    // 2 + 2 · 2 · 0.5 + 4, -2 + (0.5 - 2) · 0.5 + 1 and 2 - 0.5 + 0.25, exact in binary.
    #expect(mapped == PlanarCovariance(xx: 8, xy: -1.75, yy: 1.75))
  }
}
