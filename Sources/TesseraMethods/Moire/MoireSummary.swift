import TesseraImaging
import TesseraNumerics
import TesseraStructure

/// What a script wants of a moire pattern. Errors are standard errors.
public struct MoireSummary: Sendable, Encodable {
  public var status: Moire.Status
  /// Angle between the layers to the nearest multiple of 60 degrees, 0 ... 30; null if unresolved.
  @Explicit public var twistDegrees: Double?
  @Explicit public var twistError: Double?
  /// Strain of the second layer against the first, along the axes of the image; null if unresolved.
  @Explicit public var heterostrain: Heterostrain?
  public var orientation: LayerOrientation
  public var layers: [Layer]
  /// Lattice constant of the moire pattern; null in nm where the micrograph has no calibration.
  @Explicit public var periodNm: Moire.Measured?
  public var periodPx: Moire.Measured
  /// Lattice vectors of the moire pattern in pixels.
  public var vectorsPx: [[Double]]
  public var periodsInField: Double
  /// Number of anchors of each kind.
  public var anchors: [Count]

  public struct Heterostrain: Sendable, Encodable {
    public var exx, eyy, exy: Moire.Measured
  }

  public struct Layer: Sendable, Encodable {
    @Explicit public var constantNm: Moire.Measured?
    public var constantPx: Double
    /// Of the shortest lattice vector nearest to +x, towards +y, -30 ... 30.
    public var directionDegrees: Double
    /// Root mean square of the layer's waves over the image, in the units of the image.
    public var strength: Double
  }

  public struct Count: Sendable, Encodable {
    public var kind: Stacking
    public var count: Int
  }

  init(of moire: Moire, calibration: Calibration?) {
    (status, orientation, periodsInField) = (moire.status, moire.orientation, moire.periodsInField)
    let degrees = moire.twist?.scaled(by: 180 / .pi)
    (twistDegrees, twistError) = (degrees?.value, degrees?.error)
    if let exx = moire.exx, let eyy = moire.eyy, let exy = moire.exy {
      heterostrain = Heterostrain(exx: exx, eyy: eyy, exy: exy)
    } else {
      heterostrain = nil
    }
    layers = moire.layers.map { layer in
      let direction = calibration?.nanometres(layer.lattice.vectors.u) ?? layer.lattice.vectors.u
      return Layer(
        constantNm: calibration == nil ? nil : layer.constant, constantPx: layer.lattice.constant,
        directionDegrees: direction.angle.remainder(dividingBy: .pi / 3) * 180 / .pi, strength: layer.strength)
    }
    periodNm = calibration == nil ? nil : moire.period
    periodPx = calibration.map { moire.period.scaled(by: 1 / $0.meanNanometresPerPixel) } ?? moire.period
    vectorsPx = [moire.vectors.u, moire.vectors.v].map { [$0.x, $0.y] }
    anchors = moire.stackings.map { kind in
      Count(kind: kind, count: moire.anchors.count { $0.stacking == kind })
    }
  }
}
