import TesseraNumerics

/// Where two layers are turned by so little that their peaks touch: the twist is tried step by step, and the best steps start fits.
///
/// The pair that reflections suggest is tried, too. The fit that leaves least over is the answer.
struct NearLayers {
  /// Steps of the twist, in coefficients of the spectrum at the first shell: less than the half from which a fit finds its way.
  var step = 0.4
  /// The largest twist tried, in the same unit; farther apart the reflections are two.
  var farthest = 5.0
  /// How many of the twists start fits.
  var starts = 4
  var fit = LayerFit()

  /// - Parameters:
  ///   - lattices: one, or two that reflections suggest.
  ///   - pixel: width and height of a pixel in one unit.
  func outcome(in image: Raster<Float>, lattices: [LayerLattice], pixel: Point) -> LayerFit.Outcome? {
    let side = Double(min(image.width, image.height))
    var centres = lattices
    if let one = lattices.first, let other = lattices.dropFirst().first {
      centres.append(LayerLattice(first: (one.first + other.first) / 2, second: (one.second + other.second) / 2))
    }
    var pairs: [[LayerLattice]] = []
    for centre in centres {
      for index in 1...Int(saturating: farthest / step) {
        let angle = Double(index) * step / (side * centre.length)
        // Symmetrically about the centre, and to either side of it.
        for (a, b) in [(-angle / 2, angle / 2), (0, angle), (0, -angle)] {
          pairs.append([centre.rotated(by: a, pixel: pixel), centre.rotated(by: b, pixel: pixel)])
        }
      }
    }
    let tried = pairs.compactMap { pair in fit.explained(image, by: pair).map { (pair, $0) } }
    let best = tried.sorted { $0.1 > $1.1 }.prefix(starts).map(\.0)
    let fits = ((lattices.count == 2 ? [lattices] : []) + best).compactMap { fit.fit(image, from: $0) }
    return fits.min { $0.residualDeviation < $1.residualDeviation }
  }
}
