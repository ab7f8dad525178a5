import Foundation
import TesseraImaging
import TesseraNumerics

/// Measures the moire pattern of two hexagonal layers: finds their waves in the spectrum, fits them, and follows the stacking
/// over the image. Source: [M22] Fig. 5, S21; the fit and the stackings are ours.
public struct MoireFinder: Sendable, Codable, Equatable {
  /// Fewer moire periods than this in the shorter side of the image are too few to measure a twist.
  public var fewestPeriods = 2.0
  /// The waves of both layers must hold this part of the power of all reflections.
  public var leastExplained = 0.6
  /// The shortest waves of a layer hold this part of the power of its waves at least; else its peaks are those of another lattice.
  public var leastFirstShell = 0.05
  /// Two lattices that lie on each other in less than this part of the smaller one are grains side by side, of which the rims alone seem
  /// to overlap: a layer that ends on the other one lies on it with all of its area.
  public var leastOverlap = 0.5
  /// Layers whose third shells are nearer than this, in coefficients of the spectrum, have peaks that touch.
  public var nearest = 8.0
  /// The squared amplitudes of a layer, over their variances, must be so large on average for the layer to count.
  public var leastSignificance = 10.0
  /// What two rigid lattices leave over near their waves may be this part of their power, where they are near.
  public var mostLeft = 0.1
  /// Whether layers whose peaks touch are sought where the reflections show one lattice, which takes a second or two.
  public var triesNearLayers = true
  /// Whether a second layer is sought where neither reflections nor near layers show one: one of another constant, or over part of the
  /// field. It takes a second or two more.
  public var seeksHiddenLayers = true
  /// A superstructure of one layer has waves between those of its two lattices (`LayerStrengths.superstructure`): half the power of the
  /// weaker lattice's where every seventh column is brighter. Layers on each other have at most a fiftieth, however their contrasts combine.
  private static let mostSuperstructure = 0.2
  /// Maps the twist and the strain; nil: they are measured over the whole image only.
  public var mapper: TwistMapper? = TwistMapper()
  /// An orientation of a layer counts from so many standard errors on.
  public var orientationErrors = 4.0

  /// A finder of moire patterns with at least two periods in the shorter side of the image.
  public init() {}

  /// - Parameters:
  ///   - image: finite intensities.
  ///   - pixel: width and height of a pixel in nm, or (1, 1).
  /// - Throws: `DataError` where the image does not show two hexagonal layers.
  public func moire(in image: Raster<Float>, pixel: Point) throws -> Moire {
    let reflections = Self.reflections(of: image)
    let finder = LayerFinder(width: image.width, height: image.height, pixel: pixel)
    let lattices = finder.layers(of: reflections)
    guard let strongest = lattices.first else {
      throw DataError(
        "no hexagonal lattice stands out in the spectrum; a moire of two hexagonal layers needs an image that resolves both"
      )
    }
    let detail = Self.detail(of: image, spacing: 1 / strongest.lattice.length)
    let seen = outcome(in: detail, lattices.map(\.lattice), finder, pixel: pixel).map { ($0, true) }
    if seen == nil, let difference = otherConstant(in: reflections, detail, beside: strongest.lattice, finder) {
      throw DataError(
        "two hexagonal lattices are seen whose constants differ by \(Self.percent(difference)) %; the moire of layers is measured up to a "
          + "difference of \(Self.percent(finder.mismatch)) %")
    }
    guard
      let (outcome, isOfWhole) = seen ?? secondLayer(in: detail, beside: strongest.lattice, finder, pixel: pixel)
    else { throw oneLattice(strongest.lattice, image, detail: detail, finder, pixel: pixel) }
    try StopSignal.check()
    let found = LayerPresence(of: outcome, in: detail)
    guard found.overlap >= leastOverlap else { throw Self.areGrains(found) }
    let part = FittedPart(of: outcome, in: image, detail: detail, presence: found, isOfWhole: isOfWhole)
      .ordered(pixel: pixel)
    let presence = part.presence
    try check(part, pixel: pixel)
    try StopSignal.check()
    var measured = moire(from: part, in: image, pixel: pixel)
    try StopSignal.check()
    if measured.status == .resolved {
      measured.map = mapper?.map(
        of: detail, lattices: part.outcome.lattices, period: Self.period(part.outcome, pixel: Point(1, 1)),
        pixel: pixel, presence: presence)
    } else if let changing = changing(part, in: detail, pixel: pixel) {
      (measured.map, measured.doubt) = (changing.map, changing.doubt)
    } else if presence.isWhole, let bend = bendNote(on: strongest.lattice, detail, finder, pixel: pixel) {
      measured.doubt = bend
    }
    return measured
  }

  /// - Throws: `DataError` where the waves are not those of two layers.
  private func check(_ part: FittedPart, pixel: Point) throws {
    let outcome = part.outcome
    let finder = LayerFinder(width: part.image.width, height: part.image.height, pixel: pixel)
    let reflections = Self.reflections(of: part.image)
    let rest = Self.reflections(of: outcome.residual)
    guard !finder.hasThird(in: rest, beside: outcome.lattices, of: reflections) else {
      throw DataError(
        "more than two hexagonal lattices are seen: a third layer, a grain, or strong drift; a moire of two layers is measured, so crop "
          + "the image to such a part")
    }
    let share = finder.explainedShare(of: reflections, by: outcome.lattices)
    guard share > leastExplained else {
      throw DataError(
        "two hexagonal lattices explain only \(Self.percent(share)) % of the power of the reflections: the "
          + "image shows another structure" + Self.jitterNote(on: part.image))
    }
    guard hasFirstShells(outcome) else {
      throw DataError(
        "the peaks of the spectrum are not those of hexagonal lattices: hardly anything is seen at their shortest vectors"
      )
    }
    guard LayerStrengths.superstructure(in: outcome) <= Self.mostSuperstructure else {
      throw DataError(
        "the waves of a second hexagonal lattice are seen, and as strong ones between both: a superstructure of one layer, such as columns "
          + "that are brighter in order, and not two layers")
    }
  }

  /// The fit of both lattices; nil where a second one is not there.
  private func outcome(
    in image: Raster<Float>, _ lattices: [LayerLattice], _ finder: LayerFinder, pixel: Point
  ) -> LayerFit.Outcome? {
    guard lattices.count == 2 || triesNearLayers else { return nil }
    // Where the peaks of the first shell have merged, the reflections may speak for a higher shell; the pixels decide.
    let shells = (0..<3).map { shell in lattices.map { LayerLattice.having($0.first, $0.second)[shell] } }
    let powers = shells.map { LayerFit().explained(image, by: $0) ?? 0 }
    let chosen = shells[powers.indices.max { powers[$0] < powers[$1] } ?? 0]
    let named = chosen.prefix(1) + chosen.dropFirst().map { Twist.named($0, like: chosen[0], pixel: pixel) }
    if named.count == 2, finder.distance(named[0], named[1]) > nearest {
      if let far = LayerFit().fit(image, from: Array(named)) { return far }
    }
    guard triesNearLayers else { return nil }
    guard let near = NearLayers().outcome(in: image, lattices: Array(named), pixel: pixel), isSeen(near),
      Double(min(image.width, image.height)) / Self.period(near, pixel: Point(1, 1)) > Self.fewestSeen
    else { return nil }
    return near
  }

  /// Waves of two lattices with fewer moire periods in the image do not go through one beat together: they are one wave whose amplitude or
  /// phase changes, as at a boundary, a border or in a bend.
  private static let fewestSeen = 0.5

  /// Whether a fit shows both layers: noise gives each coefficient its variance.
  func isSeen(_ outcome: LayerFit.Outcome) -> Bool {
    (0..<2).allSatisfy { layer in
      LayerLattice.waves.indices.reduce(0) { $0 + outcome.significance(lattice: layer, wave: $1) }
        > leastSignificance * 2 * Double(LayerLattice.waves.count)
    }
  }

  /// Whether the shortest waves of both layers are seen.
  private func hasFirstShells(_ outcome: LayerFit.Outcome) -> Bool {
    (0..<2).allSatisfy { outcome.firstShellShare(lattice: $0) > leastFirstShell }
  }

  /// A second layer that the reflections do not show, and whether its fit is that of the whole image.
  private func secondLayer(
    in image: Raster<Float>, beside first: LayerLattice, _ finder: LayerFinder, pixel: Point
  ) -> (LayerFit.Outcome, Bool)? {
    guard seeksHiddenLayers else { return nil }
    // Waves without a first shell are those of a superstructure.
    return hidden(finder, pixel: pixel).outcome(in: image, beside: first)
  }

  /// Seeks layers that the reflections of the whole image do not show.
  func hidden(_ finder: LayerFinder, pixel: Point) -> SecondLayer {
    SecondLayer(finder: finder, pixel: pixel) { isSeen($0) && hasFirstShells($0) }
  }

  static func reflections(of image: Raster<Float>) -> [Reflection] {
    var finder = ReflectionFinder()
    // Peaks of layers that are turned by little lie side by side.
    (finder.separation, finder.closest, finder.limit) = (0, 2, 160)
    let tapered = Self.detail(of: image, spacing: 12).tapered(by: HannWindow.values)
    return finder.reflections(of: FourierTransform(width: image.width, height: image.height).spectrum(of: tapered))
  }

  /// What jitter of the scan has to do with a refusal: it takes power out of all reflections.
  private static func jitterNote(on image: Raster<Float>) -> String {
    let shifts = LineShifts(of: image)
    guard shifts.agreement >= LineShifts.leastAgreement, shifts.jitter >= leastJitter else { return "" }
    return
      ", or its scan lines, which are shifted against one another by \(String(format: "%.1f", shifts.jitter)) px, spoil it; a scan "
      + "without jitter, or the mean of several registered frames, would tell"
  }

  /// Smaller shifts of lines, in pixels, take hardly any power out of reflections.
  private static let leastJitter = 0.3

  /// The image without its slow changes: less its mean over a few plane spacings.
  private static func detail(of image: Raster<Float>, spacing: Double) -> Raster<Float> {
    let slow = GaussianFilter.broadlySmoothed(image, sigma: 2 * spacing)
    var result = image
    for index in result.values.indices { result.values[index] -= slow.values[index] }
    return result
  }

  /// The twist at which the shorter side holds so many moire periods, in radians: the period is a / (2 sin(θ/2)).
  static func smallestTwist(_ lattice: LayerLattice, _ image: Raster<Float>, periods: Double) -> Double {
    2 * asin(min(1, lattice.constant * periods / (2 * Double(min(image.width, image.height)))))
  }

  /// A number of periods, rounded down: what is too few must not read as enough.
  private static func periods(_ number: Double) -> String { String(format: "%.1f", (10 * number).rounded(.down) / 10) }
  static func percent(_ share: Double) -> Int { Int(saturating: (100 * share).rounded()) }

  static func degrees(_ angle: Double) -> String { String(format: "%.2f", angle * 180 / .pi) }

  /// The refusal of two lattices side by side.
  private static func areGrains(_ presence: LayerPresence) -> DataError {
    let shares = presence.shares.sorted().map(percent)
    return DataError(
      "two hexagonal lattices are seen, but side by side and not on each other, as grains are: one in \(shares[0]) % of the image, the other "
        + "in \(shares[1]) %, and both in \(percent(presence.sharedShare)) %")
  }

  private func moire(from part: FittedPart, in image: Raster<Float>, pixel: Point) -> Moire {
    let (outcome, middle, presence) = (part.outcome, part.middle, part.presence)
    func quantities(_ o: LayerFit.Outcome) -> [Double] {
      let twist = Twist(from: o.lattices[0], to: o.lattices[1], pixel: pixel)
      return [twist.angle, twist.exx, twist.eyy, twist.exy, Self.period(o, pixel: pixel)]
        + o.lattices.map { $0.scaled(pixel: pixel).constant }
    }
    let values = quantities(outcome)
    let measured = zip(values, outcome.errors(of: quantities)).map { Moire.Measured($0, error: $1) }
    let (waves, pixels) = (Self.vectors(outcome), Point(1, 1))
    let side = Double(min(image.width, image.height))
    let periods = side / Self.period(outcome, pixel: pixels)
    let doubt = self.doubt(part, periods: periods)
    let isResolved = doubt == nil
    let orientation = self.orientation(of: outcome, middle: middle)
    let registry = Registry(of: outcome, middle: middle)
    let stackings = registry.differences(orientation: orientation)
    let anchors = isResolved ? self.anchors(of: part, orientation, in: image) : []
    return Moire(
      status: isResolved ? .resolved : .unresolved, doubt: doubt,
      layers: (0..<2).map { l in
        Moire.Layer(
          lattice: outcome.lattices[l], constant: measured[5 + l], strength: outcome.strength(lattice: l))
      },
      twist: isResolved ? Moire.Measured(abs(measured[0].value), error: measured[0].error) : nil,
      exx: isResolved ? measured[1] : nil, eyy: isResolved ? measured[2] : nil, exy: isResolved ? measured[3] : nil,
      vectors: waves, period: measured[4], periodsInField: periods, orientation: orientation,
      stackings: stackings.map(\.stacking), anchors: anchors,
      domains: isResolved
        ? Self.domains(registry, stackings.map(\.difference), presence, width: image.width, height: image.height)
        : Raster(width: image.width, height: image.height, filling: 0),
      centres: anchors.map { registry.brightPlace(nearest: $0.position) },
      presence: presence, registry: isResolved ? registry : nil, differences: stackings.map(\.difference))
  }

  /// Why the twist is not measured; nil if it is.
  private func doubt(_ part: FittedPart, periods: Double) -> String? {
    let outcome = part.outcome
    let fewest = String(format: "%.0f", fewestPeriods)
    if !part.presence.isWhole {
      // As many as the side of a square of the same area holds.
      let area = part.presence.sharedShare * Double(part.presence.width * part.presence.height)
      let own = area.squareRoot() / Self.period(outcome, pixel: Point(1, 1))
      let share = Self.percent(part.presence.sharedShare)
      guard part.isSettled, own >= fewestPeriods else {
        return
          "two hexagonal lattices lie on each other in \(share) % of the image only, where there is room for \(Self.periods(own)) "
          + "moire periods; a twist is measured from \(fewest) periods on: take an image of more of this part"
      }
    } else if periods < fewestPeriods {
      return
        "the peaks are those of two layers with \(Self.periods(periods)) moire periods in the image, or of one that drift or "
        + "bending broadens; a twist is measured from \(fewest) periods on: take an image of a larger field"
    }
    return isBroad(part)
      ? "the peaks of the spectrum are broader than those of two rigid lattices, so bending or drift of the image may pass for a twist"
      : nil
  }

  /// Whether the peaks of two near layers are broader than those of rigid lattices: those of a bent or drifting single lattice are, and two
  /// lattices explain their middle.
  func isBroad(_ part: FittedPart) -> Bool {
    let finder = LayerFinder(width: part.image.width, height: part.image.height, pixel: Point(1, 1))
    let lattices = part.outcome.lattices
    return finder.distance(lattices[0], lattices[1]) < 2 * nearest && LayerStrengths.left(of: part.outcome) > mostLeft
  }

  /// The lattice of the moire, in pixels: the reciprocal of the differences of the layers' Bragg vectors.
  private static func vectors(_ outcome: LayerFit.Outcome) -> LatticeVectors {
    let (a, b) = (outcome.lattices[0], outcome.lattices[1])
    return LatticeVectors(u: b.first - a.first, v: b.second - a.second).reciprocal
  }

  static func period(_ outcome: LayerFit.Outcome, pixel: Point) -> Double {
    let v = vectors(outcome)
    let area = abs(Point(v.u.x * pixel.x, v.u.y * pixel.y).cross(Point(v.v.x * pixel.x, v.v.y * pixel.y)))
    return (2 * area / 3.0.squareRoot()).squareRoot()
  }
}
