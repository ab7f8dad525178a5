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
}

extension CellGrid {
  /// The smallest turn that carries the lattice onto itself: 60, 90 or 180 degrees, in radians.
  public var rotationPeriod: Double {
    let turns = pointGroup().count { $0.a * $0.d - $0.b * $0.c == 1 }
    return 2 * .pi / Double(max(2, turns))
  }
}
