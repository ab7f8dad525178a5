import Foundation
import TesseraImaging
import TesseraNumerics

/// Seeks a second layer that the reflections of the whole image do not show: one of another lattice constant whose peaks lie near those of
/// the first, or one that covers a small part of the field.
///
/// The waves of the first layer are fitted in the image, then in overlapping parts of it, and taken away. In the spectrum of the rest all
/// lattices of about the same constant are tried, turned and scaled step by step; the one whose waves stand out most starts a fit of both.
struct SecondLayer: Sendable {
  /// Steps of the turn and of the scale, in coefficients of the spectrum at the first shell: within less a peak under a Hann window loses
  /// hardly any of its height.
  var step = 0.4
  /// Lattices nearer to the first one, in coefficients at the third shell, are what distortions of it leave over; `NearLayers` tries them.
  var leastDistance = 4.0
  /// Of one shell at least, all three waves rise to this many times the noise: by chance they do in one of several thousand images.
  var leastContrast = 8.0
  /// Two lattices nearer to each other, in the same unit, are one summit.
  private static let sameSummit = 3.0
  /// So many summits start fits.
  private static let starts = 3
  /// Parts along each side; each has half the side of the image.
  private static let parts = 3
  /// Smaller parts hold too few planes.
  private static let smallestPart = 128
  /// The width of a ring of the spectrum whose median tells the noise, in coefficients.
  private static let ringWidth = 4.0

  let finder: LayerFinder
  let pixel: Point
  /// Whether a fit shows both layers.
  let isSeen: @Sendable (LayerFit.Outcome) -> Bool

  /// The waves of both layers in the first part that shows them, the whole image being tried first; nil where none does.
  /// - Parameter image: without its slow changes.
  func outcome(in image: Raster<Float>, beside first: LayerLattice) -> (outcome: LayerFit.Outcome, isOfWhole: Bool)? {
    if let found = outcome(inPart: image, beside: first) { return (found, true) }
    let (width, height) = (image.width / 2, image.height / 2)
    guard min(width, height) >= Self.smallestPart else { return nil }
    for index in 0..<Self.parts * Self.parts {
      let part = image.cropped(
        x: index % Self.parts * (image.width - width) / (Self.parts - 1),
        y: index / Self.parts * (image.height - height) / (Self.parts - 1), width: width, height: height)
      if let found = outcome(inPart: part, beside: first) { return (found, false) }
    }
    return nil
  }

  /// The lattice that stands out most in an image beside one of about the same constant; nil where none does.
  func clearest(in image: Raster<Float>, beside first: LayerLattice) -> LayerLattice? {
    let own = LayerFinder(width: image.width, height: image.height, pixel: pixel)
    return starts(in: PowerSpectrum(of: image), beside: first, own).first
  }

  /// The lattice that stands out most in an image, be it that of the first or another of about the same constant; nil where none does.
  func clearestOfAny(in image: Raster<Float>, like first: LayerLattice) -> LayerLattice? {
    var seeker = self
    // No lattice is nearer than that.
    seeker.leastDistance = -1
    return seeker.clearest(in: image, beside: first)
  }

  private func outcome(inPart image: Raster<Float>, beside first: LayerLattice) -> LayerFit.Outcome? {
    // Where the first lattice is not in this part, there is nothing to take away.
    let one = LayerFit().fit(image, from: [first])
    let rest = PowerSpectrum(of: one?.residual ?? image)
    let lattice = one?.lattices[0] ?? first
    let own = LayerFinder(width: image.width, height: image.height, pixel: pixel)
    for start in starts(in: rest, beside: lattice, own) {
      let named = Twist.named(start, like: lattice, pixel: pixel)
      guard let both = LayerFit().fit(image, from: [lattice, named]), isSeen(both) else { continue }
      let (a, b) = (both.lattices[0], both.lattices[1])
      if own.distance(a, b) > leastDistance, own.difference(a, b) < own.mismatch { return both }
    }
    return nil
  }

  /// Lattices whose waves stand out, the clearest first.
  private func starts(in spectrum: PowerSpectrum, beside first: LayerLattice, _ own: LayerFinder) -> [LayerLattice] {
    let noise = RingNoise(of: spectrum, width: Self.ringWidth)
    let turn = step / (Double(max(spectrum.power.width, spectrum.power.height)) * first.length)
    let turns = Int(saturating: (.pi / 6 / turn).rounded(.up))
    let scales = Int(saturating: (finder.mismatch / turn).rounded(.down))
    let tried = concurrentMap(count: 2 * turns + 1) { index -> [(lattice: LayerLattice, score: Double)] in
      let turned = first.rotated(by: turn * Double(index - turns), pixel: pixel)
      return (-scales...scales).compactMap { scale in
        let factor = exp(turn * Double(scale))
        let lattice = LayerLattice(first: factor * turned.first, second: factor * turned.second)
        guard let score = score(of: lattice, in: spectrum, noise) else { return nil }
        return own.distance(first, lattice) > leastDistance ? (lattice, score) : nil
      }
    }.flatMap { $0 }
    var kept: [LayerLattice] = []
    for one in tried.sorted(by: { ($0.score, $0.lattice.first.x) > ($1.score, $1.lattice.first.x) }) {
      if kept.allSatisfy({ own.distance($0, one.lattice) > Self.sameSummit }) { kept.append(one.lattice) }
      if kept.count == Self.starts { break }
    }
    return kept
  }

  /// The sum over the shells of the logarithm of the least contrast of its three waves; nil unless one shell stands out.
  private func score(of lattice: LayerLattice, in spectrum: PowerSpectrum, _ noise: RingNoise) -> Double? {
    let contrasts = lattice.frequencies.map { noise.contrast(at: $0, in: spectrum) }
    let shells = (0..<3).map { shell in contrasts[3 * shell..<3 * shell + 3].min() ?? 0 }
    guard shells.contains(where: { $0 > leastContrast }) else { return nil }
    return shells.reduce(0) { $0 + log(max(1, $1)) }
  }
}

/// The power of the noise in rings of a spectrum, from their medians: the peaks in a ring hardly move it.
private struct RingNoise: Sendable {
  private let means: [Double]
  private let width: Double

  /// - Parameter width: of a ring, in coefficients.
  init(of spectrum: PowerSpectrum, width: Double) {
    let power = spectrum.power
    let side = Double(spectrum.side)
    var rings = [[Float]](repeating: [], count: Int(saturating: side / width) + 1)
    for y in 0..<power.height {
      for x in 0..<power.width {
        let ring = Int(saturating: spectrum.frequency(at: Point(Double(x), Double(y))).length * side / width)
        if ring < rings.count { rings[ring].append(power[x, y]) }
      }
    }
    means = rings.map { $0.isEmpty ? .infinity : Statistics.meanOfExponential($0) }
    self.width = width / side
  }

  /// The power at a frequency, between four coefficients, over that of the noise; 0 outside the spectrum.
  func contrast(at frequency: Point, in spectrum: PowerSpectrum) -> Double {
    let (power, place) = (spectrum.power, spectrum.place(of: frequency))
    let (x, y) = (Int(saturating: place.x.rounded(.down)), Int(saturating: place.y.rounded(.down)))
    let ring = Int(saturating: frequency.length / width)
    guard power.contains(x: x, y: y), power.contains(x: x + 1, y: y + 1), ring < means.count, means[ring] > 0 else {
      return 0
    }
    let (p, q) = (place.x - Double(x), place.y - Double(y))
    let top = Double(power[x, y]) * (1 - p) + Double(power[x + 1, y]) * p
    let bottom = Double(power[x, y + 1]) * (1 - p) + Double(power[x + 1, y + 1]) * p
    return (top * (1 - q) + bottom * q) / means[ring]
  }
}
