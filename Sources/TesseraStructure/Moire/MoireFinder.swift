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
  /// A layer counts as present in a part of the image from this part of its strength in its strongest parts on.
  public var presence = 0.25
  /// Two lattices, each alone in more than this part of the image, lie side by side: grains, not layers.
  public var mostAlone = 0.15
  /// Layers whose third shells are nearer than this, in coefficients of the spectrum, have peaks that touch.
  public var nearest = 8.0
  /// The squared amplitudes of a layer, over their variances, must be so large on average for the layer to count.
  public var leastSignificance = 10.0
  /// What two rigid lattices leave over near their waves may be this part of their power, where they are near.
  public var mostLeft = 0.1
  /// Whether layers whose peaks touch are sought where the reflections show one lattice, which takes a second or two.
  public var triesNearLayers = true
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
    let found = finder.layers(of: reflections)
    guard let strongest = found.first else {
      throw DataError(
        "no hexagonal lattice stands out in the spectrum; a moire of two hexagonal layers needs an image that resolves both"
      )
    }
    let detail = Self.detail(of: image, spacing: 1 / strongest.lattice.length)
    guard let outcome = outcome(in: detail, found.map(\.lattice), finder, pixel: pixel) else {
      let smallest = Self.smallestTwist(strongest.lattice, image, periods: fewestPeriods)
      throw DataError(
        "one hexagonal lattice is seen, and no second that stands apart; a layer turned by less than \(Self.degrees(smallest)) degrees would not "
          + "be told from it in a field of this size")
    }
    let rest = Self.reflections(of: outcome.residual)
    guard !finder.hasThird(in: rest, beside: outcome.lattices, of: reflections) else {
      throw DataError(
        "more than two hexagonal lattices are seen: a third layer, a grain, or strong drift; a moire of two layers is measured, so crop "
          + "the image to such a part")
    }
    let share = finder.explainedShare(of: reflections, by: outcome.lattices)
    guard share > leastExplained else {
      throw DataError(
        "two hexagonal lattices explain only \(Int(saturating: (100 * share).rounded())) % of the power of the reflections: the "
          + "image shows another structure" + Self.jitterNote(on: image))
    }
    guard (0..<2).allSatisfy({ outcome.firstShellShare(lattice: $0) > leastFirstShell }) else {
      throw DataError(
        "the peaks of the spectrum are not those of hexagonal lattices: hardly anything is seen at their shortest vectors"
      )
    }
    guard LayerStrengths.superstructure(in: outcome) <= Self.mostSuperstructure else {
      throw DataError(
        "the waves of a second hexagonal lattice are seen, and as strong ones between both: a superstructure of one layer, such as columns "
          + "that are brighter in order, and not two layers")
    }
    try checkThatLayersOverlap(outcome, detail)
    var measured = moire(from: outcome, in: image, pixel: pixel)
    if measured.status == .resolved {
      measured.map = mapper?.map(
        of: detail, lattices: outcome.lattices, period: Self.period(outcome, pixel: Point(1, 1)), pixel: pixel)
    }
    return measured
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
    guard let near = NearLayers().outcome(in: image, lattices: Array(named), pixel: pixel) else { return nil }
    // Noise gives each coefficient its variance.
    let isSeen = (0..<2).allSatisfy { layer in
      LayerLattice.waves.indices.reduce(0) { $0 + near.significance(lattice: layer, wave: $1) }
        > leastSignificance * 2 * Double(LayerLattice.waves.count)
    }
    return isSeen ? near : nil
  }

  private static func reflections(of image: Raster<Float>) -> [Reflection] {
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
  private static func smallestTwist(_ lattice: LayerLattice, _ image: Raster<Float>, periods: Double) -> Double {
    2 * asin(min(1, lattice.constant * periods / (2 * Double(min(image.width, image.height)))))
  }

  private static func degrees(_ angle: Double) -> String { String(format: "%.2f", angle * 180 / .pi) }

  /// - Throws: `DataError` where each lattice is alone in a part of the image.
  private func checkThatLayersOverlap(_ outcome: LayerFit.Outcome, _ image: Raster<Float>) throws {
    let strengths = LayerStrengths(of: outcome, in: image)
    let (one, other) = strengths.aloneShares(presence: presence)
    guard min(one, other) <= mostAlone else {
      throw DataError(
        "two hexagonal lattices are seen, but side by side and not on each other: each is alone in part of the image, as grains are"
      )
    }
  }

  private func moire(from outcome: LayerFit.Outcome, in image: Raster<Float>, pixel: Point) -> Moire {
    let middle = Point(Double(image.width - 1) / 2, Double(image.height - 1) / 2)
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
    let doubt = self.doubt(outcome, image, periods: periods)
    let isResolved = doubt == nil
    let orientation = self.orientation(of: outcome, middle: middle)
    let registry = Registry(of: outcome, middle: middle)
    let stackings = registry.differences(orientation: orientation)
    let anchors = isResolved ? self.anchors(of: outcome, orientation, middle: middle, in: image) : []
    return Moire(
      status: isResolved ? .resolved : .unresolved, doubt: doubt,
      layers: (0..<2).map { l in
        let power = LayerLattice.waves.indices.reduce(0) { $0 + pow(outcome.amplitude(lattice: l, wave: $1), 2) / 2 }
        return Moire.Layer(lattice: outcome.lattices[l], constant: measured[5 + l], strength: power.squareRoot())
      },
      twist: isResolved ? Moire.Measured(abs(measured[0].value), error: measured[0].error) : nil,
      exx: isResolved ? measured[1] : nil, eyy: isResolved ? measured[2] : nil, exy: isResolved ? measured[3] : nil,
      vectors: waves, period: measured[4], periodsInField: periods, orientation: orientation,
      stackings: stackings.map(\.stacking), anchors: anchors,
      domains: isResolved
        ? Self.domains(registry, stackings.map(\.difference), width: image.width, height: image.height)
        : Raster(width: image.width, height: image.height, filling: 0),
      centres: anchors.map { registry.brightPlace(nearest: $0.position) },
      registry: isResolved ? registry : nil, differences: stackings.map(\.difference))
  }

  /// Why the twist is not measured; nil if it is.
  private func doubt(_ outcome: LayerFit.Outcome, _ image: Raster<Float>, periods: Double) -> String? {
    guard periods >= fewestPeriods else {
      return
        "the peaks are those of two layers with \(String(format: "%.1f", periods)) moire periods in the image, or of one that drift or "
        + "bending broadens; a twist is measured from \(String(format: "%.0f", fewestPeriods)) periods on: take an image of a larger field"
    }
    let finder = LayerFinder(width: image.width, height: image.height, pixel: Point(1, 1))
    guard finder.distance(outcome.lattices[0], outcome.lattices[1]) < 2 * nearest else { return nil }
    // A bent or drifting single lattice has broad peaks, of which two lattices explain the middle.
    let strengths = LayerStrengths.left(of: outcome)
    return strengths > mostLeft
      ? "the peaks of the spectrum are broader than those of two rigid lattices, so bending or drift of the image may pass for a twist"
      : nil
  }

  /// The lattice of the moire, in pixels: the reciprocal of the differences of the layers' Bragg vectors.
  private static func vectors(_ outcome: LayerFit.Outcome) -> LatticeVectors {
    let (a, b) = (outcome.lattices[0], outcome.lattices[1])
    return LatticeVectors(u: b.first - a.first, v: b.second - a.second).reciprocal
  }

  private static func period(_ outcome: LayerFit.Outcome, pixel: Point) -> Double {
    let v = vectors(outcome)
    let area = abs(Point(v.u.x * pixel.x, v.u.y * pixel.y).cross(Point(v.v.x * pixel.x, v.v.y * pixel.y)))
    return (2 * area / 3.0.squareRoot()).squareRoot()
  }

  private func orientation(of outcome: LayerFit.Outcome, middle: Point) -> LayerOrientation {
    func phases(_ o: LayerFit.Outcome) -> [Double] {
      let registry = Registry(of: o, middle: middle)
      return [Registry.brightPhase(of: registry.first.phases), Registry.brightPhase(of: registry.second.phases)]
    }
    let values = phases(outcome)
    for (value, error) in zip(values, outcome.errors(of: phases)) {
      // At 0 there is one kind of column, at π/3 two that are alike.
      guard abs(value) > orientationErrors * error, .pi / 3 - abs(value) > orientationErrors * error else {
        return .unknown
      }
    }
    return values[0] * values[1] > 0 ? .parallel : .antiparallel
  }

  private func anchors(
    of outcome: LayerFit.Outcome, _ orientation: LayerOrientation, middle: Point, in image: Raster<Float>
  ) -> [Moire.Anchor] {
    let registry = Registry(of: outcome, middle: middle)
    let differences = registry.differences(orientation: orientation)
    let (width, height) = (Double(image.width), Double(image.height))
    var turns: [(stacking: Int, n1: Int, n2: Int, place: Point)] = []
    for (index, entry) in differences.enumerated() {
      let ends = [Point(0, 0), Point(width, 0), Point(0, height), Point(width, height)].flatMap {
        registry.corners(around: $0, difference: entry.difference)
      }
      let (i, j) = (ends.map(\.0), ends.map(\.1))
      guard let firstI = i.min(), let lastI = i.max(), let firstJ = j.min(), let lastJ = j.max() else { continue }
      for n1 in firstI...lastI {
        for n2 in firstJ...lastJ {
          let place = registry.place(difference: entry.difference, n1, n2)
          if place.x >= 0 && place.y >= 0 && place.x <= width - 1 && place.y <= height - 1 {
            turns.append((index, n1, n2, place))
          }
        }
      }
    }
    turns.sort { ($0.place.y, $0.place.x) < ($1.place.y, $1.place.x) }
    let chosen = turns
    let errors = outcome.errors { o in
      let registry = Registry(of: o, middle: middle)
      let differences = registry.differences(orientation: orientation)
      return chosen.flatMap {
        let place = registry.place(difference: differences[$0.stacking].difference, $0.n1, $0.n2)
        return [place.x, place.y]
      }
    }
    return turns.enumerated().map { index, turn in
      Moire.Anchor(
        position: turn.place, error: max(errors[2 * index], errors[2 * index + 1]),
        stacking: differences[turn.stacking].stacking)
    }
  }

  private static func domains(_ registry: Registry, _ differences: [Double], width: Int, height: Int) -> Raster<UInt16>
  {
    concurrentRows(width: width, height: height, of: UInt16(0)) { y, row in
      for x in 0..<width {
        let place = Point(Double(x), Double(y))
        var nearest = Double.infinity
        for (index, difference) in differences.enumerated() {
          for corner in registry.corners(around: place, difference: difference) {
            let distance = (registry.place(difference: difference, corner.0, corner.1) - place).squaredLength
            if distance < nearest { (nearest, row[x]) = (distance, UInt16(index + 1)) }
          }
        }
      }
    }
  }
}
