import Foundation
import TesseraNumerics

extension Crystal {
  /// Spacing d, in nm, of the planes behind the first dominant ring of the image's power spectrum: the smallest
  /// |g| = 1/d whose ring holds at least a tenth of the strongest ring's power. The power of a reflection is
  ///
  ///     P(g) = |Σₖ wₖ exp(2πi g·rₖ)|² exp(−4π² σ² g²),
  ///
  /// with weights wₖ at places rₖ of the cell and the width σ of a column. The default patch has the side s = 2 d
  /// ([M22] Fig. S30), so its disc has the radius d.
  /// - Parameter sigma: standard deviation of an imaged column, in nm.
  public func ringSpacing(sigma: Double) -> Double {
    let area = a.cross(b)
    let (u, v) = (Point(b.y, -b.x) / area, Point(-a.y, a.x) / area)
    var reflections: [(g: Double, power: Double)] = []
    let reach = 12  // Beyond, the Gaussian has left nothing of a resolved lattice.
    for h in -reach...reach {
      for k in -reach...reach where (h, k) != (0, 0) {
        let g = Double(h) * u + Double(k) * v
        var (re, im) = (0.0, 0.0)
        for column in columns {
          let phase = 2 * Double.pi * (Double(h) * column.place.x + Double(k) * column.place.y)
          re += column.weight * cos(phase)
          im += column.weight * sin(phase)
        }
        let power = (re * re + im * im) * exp(-4 * Double.pi * Double.pi * sigma * sigma * g.squaredLength)
        reflections.append((g.length, power))
      }
    }
    reflections.sort { $0.g < $1.g }
    // Reflections within 2 % of one length form a ring.
    var rings: [(g: Double, power: Double)] = []
    for reflection in reflections {
      if let last = rings.last, reflection.g < 1.02 * last.g {
        rings[rings.count - 1].power += reflection.power
      } else {
        rings.append(reflection)
      }
    }
    let strongest = rings.map(\.power).max() ?? 0
    let first = rings.first { $0.power >= 0.1 * strongest }
    return 1 / (first?.g ?? u.length)
  }
}
