import Foundation
import TesseraNumerics

/// The lattice as one site sees it: where its neighbours a lattice vector away really stand.
public struct LocalFrame: Sendable, Equatable {
  /// The lattice vectors u and v as they are here, in pixels.
  public var u, v: Point
  /// Turn of this frame against the reference, from +x towards +y, in radians.
  public var rotation: Double
  /// The sites at ±u, ±v, ±(u + v), ±(u - v), in the order of `LocalFrames.steps`; -1 where there is none.
  var partners: SIMD8<Int32>
  /// How many of the eight were found.
  public var partnerCount: Int
  /// Root mean square distance of the partners from where the fitted frame has them, in pixels.
  public var deviation: Double

  /// Whether the frame does not hang on two or three partners: a site on a straight boundary has five of the eight.
  var isFull: Bool { partnerCount >= 5 }
}

extension CellGrid {
  /// The smallest turn that carries the lattice onto itself: 60, 90 or 180 degrees, in radians.
  public var rotationPeriod: Double { rotationPeriod(within: Self.symmetryTolerance) }

  /// The same for a lattice whose lengths and angles are known to a relative `tolerance`.
  func rotationPeriod(within tolerance: Double) -> Double {
    let turns = pointGroup(tolerance: tolerance).count { $0.a * $0.d - $0.b * $0.c == 1 }
    // A group of the order 2, 4 or 6; a wide tolerance may let in more.
    return 2 * .pi / Double(turns >= 6 ? 6 : turns >= 4 ? 4 : 2)
  }

  /// The turns that carry this lattice onto another, -π ... π, with the strain that each leaves over: the root sum of squares of the
  /// stretch less one.
  func turns(onto other: CellGrid) -> [(turn: Double, distortion: Double)] {
    let own = LatticeVectors(u: u, v: v)
    let entries = (-2...2).map(Double.init)
    var found: [(turn: Double, distortion: Double)] = []
    for a in entries {
      for b in entries {
        for c in entries {
          for d in entries where a * d - b * c == 1 {
            let named = LatticeVectors(u: other.u * a + other.v * c, v: other.u * b + other.v * d)
            let gradient = named.gradient(from: own)
            let (xx, yy) = (1 + gradient.xx, 1 + gradient.yy)
            guard xx * yy > gradient.xy * gradient.yx else { continue }
            // Polar decomposition in the plane: the turn that leaves a symmetric stretch.
            let turn = atan2(gradient.yx - gradient.xy, xx + yy)
            let (x, y) = (
              Point(xx, gradient.yx).rotated(by: -turn) - Point(1, 0),
              Point(gradient.xy, yy).rotated(by: -turn) - Point(0, 1)
            )
            found.append((turn, (x.squaredLength + y.squaredLength).squareRoot()))
          }
        }
      }
    }
    return found
  }
}
