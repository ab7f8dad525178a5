import TesseraImaging
import TesseraNumerics
import TesseraStructure

/// What a script wants of a moire pattern. Errors are standard errors.
public struct MoireSummary: Sendable, Encodable {
  /// Whether the twist was measured.
  public var status: Moire.Status
  /// Angle between the layers to the nearest multiple of 60 degrees, 0 ... 30; null if unresolved.
  @Explicit public var twistDegrees: Double?
  /// Standard error of the twist in degrees; null if unresolved.
  @Explicit public var twistError: Double?
  /// Strain of the second layer against the first, along the axes of the image; null if unresolved.
  @Explicit public var heterostrain: Heterostrain?
  /// Which way the second layer points against the first: whether the twist is near 0 or near 60 degrees.
  public var orientation: LayerOrientation
  /// The two layers, the one that strain is measured against first.
  public var layers: [Layer]
  /// Part of the image in which both layers lie, 0 ... 1: twist, strain and stackings are those of this part.
  public var bothLayersShare: Double
  /// Lattice constant of the moire pattern; null in nm where the micrograph has no calibration.
  @Explicit public var periodNm: Moire.Measured?
  /// The same in pixels.
  public var periodPx: Moire.Measured
  /// Lattice vectors of the moire pattern in pixels.
  public var vectorsPx: [[Double]]
  /// Number of periods along the shorter side of the image.
  public var periodsInField: Double
  /// Number of anchors of each kind.
  public var anchors: [Count]
  /// Twist and strain from place to place; null without a map.
  @Explicit public var local: Local?
  /// Walls between domains; empty where none was measured.
  public var walls: [Wall]
  /// Divergences of domains of one stacking; null where no two are whole.
  @Explicit public var divergence: Divergence?

  /// Components of the strain tensor, without a unit (0.01 is 1 %).
  public struct Heterostrain: Sendable, Encodable {
    /// Along x, along y, and the shear (half of the engineering shear), each with its error.
    public var exx, eyy, exy: Moire.Measured
  }

  /// The lattice of one layer.
  public struct Layer: Sendable, Encodable {
    /// Lattice constant in nm; null without a calibration.
    @Explicit public var constantNm: Moire.Measured?
    /// Lattice constant in pixels.
    public var constantPx: Double
    /// Of the shortest lattice vector nearest to +x, towards +y, -30 ... 30.
    public var directionDegrees: Double
    /// Root mean square of the layer's waves where both layers lie, in the units of the image.
    public var strength: Double
    /// Part of the image in which the layer lies, 0 ... 1.
    public var imageShare: Double
  }

  /// How often one stacking occurs.
  public struct Count: Sendable, Encodable {
    /// The stacking: AA, AB or BA, or their counterparts for opposite layers.
    public var kind: Stacking
    /// Number of anchors with that stacking.
    public var count: Int
  }

  init(of moire: Moire, domains: MoireDomains?, settings: MoireMethod, calibration: Calibration?) {
    (status, orientation, periodsInField) = (moire.status, moire.orientation, moire.periodsInField)
    let degrees = moire.twist?.scaled(by: 180 / .pi)
    (twistDegrees, twistError) = (degrees?.value, degrees?.error)
    if let exx = moire.exx, let eyy = moire.eyy, let exy = moire.exy {
      heterostrain = Heterostrain(exx: exx, eyy: eyy, exy: exy)
    } else {
      heterostrain = nil
    }
    bothLayersShare = moire.presence.sharedShare
    layers = moire.layers.enumerated().map { index, layer in
      let direction = calibration?.nanometres(layer.lattice.vectors.u) ?? layer.lattice.vectors.u
      return Layer(
        constantNm: calibration == nil ? nil : layer.constant, constantPx: layer.lattice.constant,
        directionDegrees: direction.angle.remainder(dividingBy: .pi / 3) * 180 / .pi, strength: layer.strength,
        imageShare: moire.presence.shares[index])
    }
    periodNm = calibration == nil ? nil : moire.period
    periodPx = calibration.map { moire.period.scaled(by: 1 / $0.meanNanometresPerPixel) } ?? moire.period
    vectorsPx = [moire.vectors.u, moire.vectors.v].map { [$0.x, $0.y] }
    anchors = moire.stackings.map { kind in
      Count(kind: kind, count: moire.anchors.count { $0.stacking == kind })
    }
    local = Local(of: moire.map, calibration: calibration)
    walls = (domains?.walls ?? []).map { wall in
      Wall(
        kinds: [moire.stackings[wall.first], moire.stackings[wall.second]], widthPx: wall.width,
        widthNm: calibration.map { wall.width.scaled(by: $0.meanNanometresPerPixel) },
        share: wall.width.value / wall.distance, explained: wall.explained, sites: wall.sites)
    }
    divergence = domains?.divergence.map { found in
      Divergence(
        bins: settings.divergence.bins, smoothingBins: settings.divergence.smoothing, sites: found.sites,
        explained: found.explained,
        kinds: moire.stackings.indices.compactMap { kind in
          domains?.meanDivergence(of: kind, in: moire).map {
            .init(
              kind: moire.stackings[kind], pairs: $0.pairs, plain: $0.plain, splitHalf: $0.own, corrected: $0.corrected)
          }
        })
    }
  }
}
