import TesseraNumerics

/// A place between pixels: a whole pixel, and the weights of the pixels around it that interpolate there.
struct Subpixel: Sendable {
  var x, y: Int
  /// Offsets from the whole pixel, with their weights, which sum to one.
  var horizontalWeights, verticalWeights: [(Int, Float)]

  /// The place itself, by Keys' cubic interpolation (a = -1/2) over 4 x 4 pixels.
  init(exactly place: Point) {
    let whole = Point(place.x.rounded(.down), place.y.rounded(.down))
    (x, y) = (Int(saturating: whole.x), Int(saturating: whole.y))
    func weights(_ fraction: Double) -> [(Int, Float)] {
      (-1...2).map { ($0, Float(cubicKernel(Double($0) - fraction))) }
    }
    (horizontalWeights, verticalWeights) = (weights(place.x - whole.x), weights(place.y - whole.y))
  }

  /// A place at most an eighth of a pixel off a node of the quarter-pixel grid: the cut is shifted by that rest only,
  /// by the parabola through three pixels, so that the noise of a pixel grows by less than 1 %.
  init(nearNode place: Point) {
    let nodes = (QuarterPixel(place.x), QuarterPixel(place.y))
    (x, y) = (nodes.0.pixel, nodes.1.pixel)
    func weights(_ rest: Double) -> [(Int, Float)] {
      [(-1, Float(rest * (rest - 1) / 2)), (0, Float(1 - rest * rest)), (1, Float(rest * (rest + 1) / 2))]
    }
    (horizontalWeights, verticalWeights) = (weights(nodes.0.rest), weights(nodes.1.rest))
  }
}

/// A coordinate as whole pixel + node / 4 + rest, where node is -1, 0, 1 or 2 and |rest| is at most 1 / 8.
struct QuarterPixel: Sendable, Equatable {
  var pixel: Int
  var node: Int
  var rest: Double

  init(_ coordinate: Double) {
    let quarters = Int(saturating: (coordinate * 4).rounded())
    // Floor division: quarters = 4 pixel + node.
    pixel = (quarters + 1) >> 2
    node = quarters - 4 * pixel
    rest = coordinate - Double(quarters) / 4
  }
}

/// Keys' interpolation kernel with a = -1/2, which reproduces parabolas; zero from two pixels on.
/// Source: Keys, IEEE Trans. Acoust. Speech Signal Process. 29 (1981) 1153, Eq. 15.
func cubicKernel(_ distance: Double) -> Double {
  let t = abs(distance)
  if t < 1 { return (1.5 * t - 2.5) * t * t + 1 }
  if t < 2 { return ((-0.5 * t + 2.5) * t - 4) * t + 2 }
  return 0
}

/// Keys' kernel of six points, which reproduces cubic polynomials; zero from three pixels on.
/// Source: Keys, IEEE Trans. Acoust. Speech Signal Process. 29 (1981) 1153, Eq. 25.
func sixPointKernel(_ distance: Double) -> Double {
  let t = abs(distance)
  if t < 1 { return (4 * t - 7) * t * t / 3 + 1 }
  if t < 2 { return ((-7 * t + 36) * t - 59) * t / 12 + 2.5 }
  if t < 3 { return ((t - 8) * t + 21) * t / 12 - 1.5 }
  return 0
}
