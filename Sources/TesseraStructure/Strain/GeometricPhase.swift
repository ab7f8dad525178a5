import Foundation
import TesseraNumerics

/// Geometric phase analysis: the lattice of an image from place to place, by the phases of two Bragg reflections.
///
/// The image seen through a mask around g is H exp(2πi g·x) with a slowly varying H = |H| exp(iP). The local Bragg vector is
/// g + ∇P / 2π, and ∇P = Im(H* ∇H) / |H|² needs no unwrapping; ∇H is taken exactly, in the spectrum. Two local Bragg
/// vectors give two local lattice vectors, so the strain that follows is a derivative on the reference lattice, as that of
/// positions is: with P = -2π g·u this is F = (1 - grad u)⁻¹. Source: Hýtch, Snoeck & Kilaas, Ultramicroscopy 74 (1998)
/// 131, eqs. 8-31; phases from exp(iP): Hÿtch, Putaux & Pénisson, Nature 423 (2003) 270, and A23, section 3.5.
public struct GeometricPhase: Sendable, Codable, Equatable {
  /// The window around each reflection; it sets resolution and noise.
  public var mask = PhaseMask()
  /// Bragg vectors in cycles per pixel; nil: chosen from the power spectrum.
  public var g1, g2: Point?
  /// Where a reflection's amplitude falls below this share of its strong places (the 90 % quantile), the lattice is
  /// unknown; 0 ... 1.
  public var smallestAmplitude = 0.25

  /// The image is tapered anew where the width that is wanted differs from the one it has by more than this share.
  private static let marginTolerance = 0.2
  /// Another pair of reflections must show the lattice in so many times as much of the image to be taken instead, and none is sought once
  /// one shows it in the second share.
  private static let (clearlyMore, enough) = (1.05, 0.6)
  /// Bragg vectors at a smaller sine of their angle, 6 degrees, are parallel.
  private static let parallelSine = 0.1
  /// Two local Bragg vectors that span less than this share of the nominal area are of no lattice.
  private static let leastArea = 0.2

  /// An analysis of two reflections chosen from the power spectrum.
  public init() {}

  /// The lattice of an image, and how it was seen.
  public struct Outcome: Sendable {
    /// The lattice vectors from place to place.
    public var field: LatticeField
    /// The two reflections used.
    public var reflections: [Reflection]
    /// Whether they were found, not given.
    public var isAutomatic: Bool
    /// Standard deviation of the Gaussian mask, or radius of Hann's, in cycles per pixel.
    public var maskRadius: Double
  }

  /// - Parameters:
  ///   - image: finite everywhere.
  ///   - lattice: of the columns that the phases are compared with; only reflections of this lattice are chosen, not those
  ///     of another phase or of a slow change of contrast. Nil: all.
  ///   - name: of the micrograph, for messages.
  /// - Throws: `DataError` where the image shows no pair of reflections, or no image is left beside the edges;
  ///   `ParameterError` for a setting outside its range.
  public func outcome(
    of image: Raster<Float>, lattice: LatticeVectors? = nil, name: String = "image"
  ) throws -> Outcome {
    try check()
    let transform = FourierTransform(width: image.width, height: image.height)
    let side = Double(min(image.width, image.height))
    // The taper is as wide as what the mask mixes, so that the opposite edge does not reach in.
    func wanted(_ g: Double) -> Double { min(side / 4, max(side / 32, 2 * mask.sized(g).blur)) }
    // Until the reflections are known, their spots need no wide taper.
    var margin = g1.flatMap { g1 in g2.map { wanted(min(g1.length, $0.length)) } } ?? side / 16
    var spectrum = transform.spectrum(of: tapered(image, margin: margin))
    var best: (outcome: Outcome, share: Double)?
    let found = ReflectionFinder().reflections(of: spectrum)
    for (first, second) in try reflections(among: found, in: spectrum, of: lattice, name: name) {
      let shorter = min(first.frequency.length, second.frequency.length)
      let sized = mask.sized(shorter)
      if abs(wanted(shorter) - margin) > Self.marginTolerance * margin {
        margin = wanted(shorter)
        spectrum = transform.spectrum(of: tapered(image, margin: margin))
      }
      guard side > 5 * sized.blur else {
        if best != nil { continue }
        throw DataError(
          "\(name): the mask mixes \(Int(saturating: (2 * sized.blur).rounded())) pixels on each side, which leaves nothing of "
            + "\(image.width) x \(image.height) pixels; use a larger \(setting("mask radius")) or a larger field")
      }
      let source = spectrum
      let waves = concurrentMap(count: 2) { index in
        FilteredWave(of: source, around: (index == 0 ? first : second).frequency, mask: sized)
      }
      let bragg = isGiven ? [first, second].map(\.frequency) : waves.map(\.carrier)
      let noise = waves.map {
        noiseDeviation(
          at: $0.carrier.length, in: source, awayFrom: found.map(\.frequency), mask: sized, margin: margin)
      }
      let field = latticeField(
        waves, nominal: LatticeVectors(u: bragg[0], v: bragg[1]).reciprocal, mask: sized, noise: noise,
        taper: margin, size: (image.width, image.height))
      let outcome = Outcome(
        field: field, reflections: [first, second], isAutomatic: !isGiven, maskRadius: sized.s)
      // Where a boundary divides the image, the strongest two may be of different grains and nowhere together.
      let inside = (1 - 4 * sized.blur / Double(image.width)) * (1 - 4 * sized.blur / Double(image.height))
      let share = field.isKnownSomewhere ? field.knownShare / inside : 0
      if share > Self.clearlyMore * (best?.share ?? 0) || best == nil { best = (outcome, share) }
      if share > Self.enough { break }
    }
    guard let best, best.share > 0 else {
      throw DataError(
        "\(name): no part of the image shows both reflections over the width that phases need, about seven planes each way; choose "
          + "others with \(setting("g1")) and \(setting("g2"))"
      )
    }
    return best.outcome
  }

  private var isGiven: Bool { g1 != nil }

  private func check() throws(ParameterError) {
    try require(
      mask.relativeRadius > 0.01 && mask.relativeRadius <= 0.5, setting("mask radius"), is: mask.relativeRadius,
      mustBe: "between 0.01 and 0.5 of |g|")
    try require(
      smallestAmplitude >= 0 && smallestAmplitude < 1, "smallest amplitude", is: smallestAmplitude,
      mustBe: "0 or more and below 1"
    )
    guard (g1 == nil) == (g2 == nil) else {
      throw ParameterError("two Bragg vectors are needed: give both \(setting("g1")) and \(setting("g2")), or neither")
    }
    for (g, which) in [(g1, "g1"), (g2, "g2")] {
      guard let g else { continue }
      guard g.x.isFinite, g.y.isFinite, g.length > 0, abs(g.x) < 0.5, abs(g.y) < 0.5 else {
        throw ParameterError(
          "\(which) must be a frequency between 0 and 0.5 cycles per pixel along each axis, but is \(g.x), \(g.y); "
            + "write 1/nm as \(which == "g1" ? "3.1,0" : "0,3.1")/nm")
      }
    }
    if let g1, let g2, abs(g1.cross(g2)) < Self.parallelSine * g1.length * g2.length {
      throw ParameterError("g1 and g2 must point in different directions, but are parallel within 6 degrees")
    }
  }

  /// Pairs of reflections to try: those given, or the best few.
  private func reflections(
    among all: [Reflection], in spectrum: Spectrum, of lattice: LatticeVectors?, name: String
  ) throws -> [(Reflection, Reflection)] {
    let finder = ReflectionFinder()
    var found = all
    if let g1, let g2 {
      func nearest(_ g: Point, _ which: String) throws -> Reflection {
        let radius = max(
          mask.relativeRadius * min(g1.length, g2.length), 2 / Double(min(spectrum.width, spectrum.height)))
        let known = found.first { ($0.frequency - g).length < radius || ($0.frequency + g).length < radius }
        guard let known else {
          throw DataError(
            "\(name): the power spectrum shows no reflection at \(which) (\(g.x), \(g.y) cycles per pixel); "
              + "leave out \(setting("g1")) and \(setting("g2")) to have the reflections chosen")
        }
        return Reflection(frequency: g, contrast: known.contrast, strength: known.strength)
      }
      return [(try nearest(g1, "g1"), try nearest(g2, "g2"))]
    }
    if let lattice { found.removeAll { (lattice.indices(of: $0.frequency) ?? .zero) == .zero } }
    let pairs = finder.pairs(of: found, atMost: 8)
    guard !pairs.isEmpty else {
      if let lattice, !finder.pairs(of: all, atMost: 1).isEmpty {
        throw DataError(
          "\(name): no two strong reflections of low order belong to the lattice of the columns, "
            + "u \(StrainReference.text(lattice.u)), v \(StrainReference.text(lattice.v)) px, so the methods cannot be "
            + "compared; use \(setting("method", "columns")) or \(setting("method", "gpa"))")
      }
      throw DataError(
        found.isEmpty
          ? "\(name): the power spectrum shows no reflections, so there are no phases to analyse; the image needs a crystal "
            + "lattice of at least \(Int(finder.fewestPlanes)) planes"
          : "\(name): the power spectrum shows reflections in one direction only; strain in two dimensions needs two, each of about "
            + "seven planes or more, or three rows of resolved columns")
    }
    return pairs
  }

  /// The image less its mean, falling to zero towards the edges over `margin` pixels.
  ///
  /// The fall is the integral of the four-term Blackman-Harris window (Harris, Proc. IEEE 66 (1978) 51, table 1), whose
  /// side lobes are 92 dB down: a sine's would let the other reflections leak into the mask near the edges.
  private func tapered(_ image: Raster<Float>, margin: Double) -> Raster<Float> {
    let mean = Float(
      Statistics.mean(
        concurrentMap(chunksOf: 64, of: image.height) { rows in
          image.values[rows.lowerBound * image.width..<rows.upperBound * image.width].reduce(0) { $0 + Double($1) }
            / Double(rows.count * image.width)
        }))
    return image.tapered(by: { taper($0, margin: margin) }, less: mean)
  }

  /// The factors of `tapered` along one side.
  private func taper(_ count: Int, margin: Double) -> [Float] {
    (0..<count).map { index in
      let depth = Double(min(index, count - 1 - index)) + 0.5
      guard depth < margin else { return 1 }
      let t = 2 * Double.pi * depth / margin
      return Float((t - (0.48829 * sin(t) - 0.14128 * sin(2 * t) / 2 + 0.01168 * sin(3 * t) / 3) / 0.35875) / (2 * .pi))
    }
  }

  /// Standard deviation of white noise with the power that the image has around the ring of a reflection. Noise that neighbouring
  /// pixels share, of interpolated images or the texture of a film, has more power there than pixels differ by. Nil where the ring
  /// has too few coefficients to tell.
  private func noiseDeviation(
    at frequency: Double, in spectrum: Spectrum, awayFrom reflections: [Point], mask: SizedMask, margin: Double
  ) -> Double? {
    let width = mask.shape == .gaussian ? mask.s : mask.s / 2
    let near = reflections.filter { abs($0.length - frequency) < (1 + Self.skirt) * width }
    func power(awayFrom places: [Point]) -> Double? {
      spectrum.noisePower(
        from: frequency - width, to: frequency + width, fewest: Self.fewestCoefficients, awayFrom: places,
        by: Self.skirt * width)
    }
    // Where reflections fill the ring, what lies between them counts as noise, which it exceeds.
    guard let power = power(awayFrom: near) ?? power(awayFrom: []) else { return nil }
    func energy(_ count: Int) -> Double { taper(count, margin: margin).reduce(0) { $0 + Double($1 * $1) } }
    return (power / (energy(spectrum.width) * energy(spectrum.height))).squareRoot()
  }

  /// Reflections spread over so many widths of the mask.
  private static let skirt = 3.0
  /// The median of so many powers is good to a quarter.
  private static let fewestCoefficients = 30
  /// A reflection below so many standard deviations of the noise is not seen.
  private static let leastSignal = 3.5

  /// Local lattice vectors from two waves, on the nodes that both are sampled on.
  ///
  /// Frequencies are freed of the pull of the taper; what the edges of a crystal may shift them by adds to the errors
  /// (`FilteredWave.corrected`).
  private func latticeField(
    _ waves: [FilteredWave], nominal: LatticeVectors, mask: SizedMask, noise: [Double?], taper: Double,
    size: (width: Int, height: Int)
  ) -> LatticeField {
    let (columns, rows) = (waves[0].columns, waves[0].rows)
    let step = Point(Double(size.width) / Double(columns), Double(size.height) / Double(rows))
    let margin = 2 * mask.blur
    let limits = zip(waves, noise).map { wave, noise -> Double in
      let floor = Self.leastSignal * (noise ?? 0) * wave.noiseGain
      return max(smallestAmplitude * wave.strongAmplitude, floor, 1e-30)
    }
    let (edgesX, edgesY) = (
      taperCurvature(nodes: columns, length: size.width, taper: taper, width: mask.mixing),
      taperCurvature(nodes: rows, length: size.height, taper: taper, width: mask.mixing)
    )
    let locals = concurrentMap(chunksOf: columns, of: columns * rows) { range in
      range.map { index -> LatticeField.Local? in
        let place = Point(Double(index % columns) * step.x, Double(index / columns) * step.y)
        // Half a node beyond the margin keeps every pixel inside it.
        guard place.x >= margin - step.x, place.y >= margin - step.y,
          place.x <= Double(size.width - 1) - margin + step.x, place.y <= Double(size.height - 1) - margin + step.y,
          let g = waves[0].local(index, above: limits[0]), let h = waves[1].local(index, above: limits[1])
        else { return nil }
        let edge = Point(edgesX[index % columns], edgesY[index / columns])
        guard
          let first = waves[0].corrected(g.frequency, at: index, step: step, edge: edge, mask: mask),
          let second = waves[1].corrected(h.frequency, at: index, step: step, edge: edge, mask: mask)
        else { return nil }
        let bragg = LatticeVectors(u: first.frequency, v: second.frequency)
        guard abs(bragg.area) > Self.leastArea * abs(nominal.reciprocal.area) else { return nil }
        let lattice = bragg.reciprocal
        // dA = -A dGᵀ A.
        let (u, v) = (lattice.u, lattice.v)
        func spread(_ k: Int, _ amplitude: Double, _ gain: Point, _ shift: Point) -> PlanarCovariance {
          let error = (noise[k] ?? 0) * waves[k].gradientNoiseGain / amplitude / (2 * .pi)
          let noise = PlanarCovariance(errors: gain * error)
          return (noise + PlanarCovariance(outer: shift)).mapped(u, v)
        }
        let (a, b) = (
          spread(0, g.amplitude, first.gain, first.shift), spread(1, h.amplitude, second.gain, second.shift)
        )
        let spread = VectorSpread(
          xx: a * (u.x * u.x) + b * (v.x * v.x), xy: a * (u.x * u.y) + b * (v.x * v.y),
          yy: a * (u.y * u.y) + b * (v.y * v.y))
        return LatticeField.Local(vectors: lattice, spread: spread)
      }
    }.flatMap { $0 }
    return LatticeField(
      width: size.width, height: size.height, columns: columns, rows: rows, step: step, locals: locals,
      nominal: nominal, resolution: mask.resolution, hasErrors: !noise.contains(nil))
  }
  /// b² (ln T)'' at the nodes along one side, T being the taper seen through a Gaussian of standard deviation b.
  private func taperCurvature(nodes: Int, length: Int, taper margin: Double, width b: Double) -> [Double] {
    let factors = taper(length, margin: margin)
    let reach = Int(saturating: (4 * b).rounded(.up))
    return (0..<nodes).map { node in
      let place = Double(node) * Double(length) / Double(nodes)
      let centre = Int(saturating: place)
      var (sum, slope, bend) = (0.0, 0.0, 0.0)
      for pixel in max(0, centre - reach)...min(length - 1, centre + reach) {
        let t = (place - Double(pixel)) / b
        let weight = exp(-t * t / 2) * Double(factors[pixel])
        (sum, slope, bend) = (sum + weight, slope - t * weight, bend + (t * t - 1) * weight)
      }
      return sum > 0 ? bend / sum - pow(slope / sum, 2) : 0
    }
  }
}
