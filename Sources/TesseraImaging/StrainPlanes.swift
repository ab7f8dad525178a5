import TesseraNumerics

/// Displacement gradients as images: taken on the reference lattice, placed where the atoms are now. Dimensionless,
/// `rotation` in radians from +x towards +y; NaN where undefined (the core of a dislocation, beyond the columns).
public struct StrainPlanes: Sendable, Equatable {
  /// Normal strains along x and y, shear strain of the tensor, and rotation; all of the same size.
  public var exx, eyy, exy, rotation: Raster<Float>

  /// Planes of the same size, each with one value per pixel.
  public init(exx: Raster<Float>, eyy: Raster<Float>, exy: Raster<Float>, rotation: Raster<Float>) {
    self.exx = exx
    self.eyy = eyy
    self.exy = exy
    self.rotation = rotation
  }

  /// The names of the planes in files, in the order of `all`.
  public static let names = ["exx", "eyy", "exy", "rotation"]

  /// The four planes in the order of `names`.
  public var all: [Raster<Float>] { [exx, eyy, exy, rotation] }

  /// (exx + eyy) / 2.
  public var hydrostatic: Raster<Float> {
    Raster(width: exx.width, height: exx.height, values: zip(exx.values, eyy.values).map { ($0 + $1) / 2 })
  }

  /// Mean and standard deviation of the finite pixels of each plane and of the hydrostatic strain, by name, in a fixed
  /// order; NaN where no pixel is known.
  public var statistics: [(name: String, mean: Double, deviation: Double)] {
    let planes = all + [hydrostatic]
    let moments = concurrentMap(count: planes.count) { index -> (mean: Double, deviation: Double) in
      let values = planes[index].values
      var (sum, count) = (0.0, 0.0)
      for value in values where value.isFinite { (sum, count) = (sum + Double(value), count + 1) }
      let mean = sum / count
      var squares = 0.0
      for value in values where value.isFinite { squares += (Double(value) - mean) * (Double(value) - mean) }
      return (mean, (squares / count).squareRoot())
    }
    return zip(Self.names + ["hydrostatic"], moments).map { ($0, $1.mean, $1.deviation) }
  }

  /// The median of the finite pixels of each plane, in the order of `names`, from at most some 50,000 of them; NaN where none
  /// is known.
  public var medians: [Double] {
    concurrentMap(count: 4) { index in
      let values = all[index].values
      let sample = stride(from: 0, to: values.count, by: Self.sampleStep(of: values.count)).map { values[$0] }
      return Double(Statistics.median(sample.filter(\.isFinite)))
    }
  }

  /// From one pixel that `medians` looks at to the next.
  package static func sampleStep(of pixelCount: Int) -> Int { max(1, pixelCount / 49_999) }

  /// Share of the pixels whose strain is known, 0 ... 1.
  public var knownShare: Double { Double(exx.values.count(where: \.isFinite)) / Double(max(1, exx.count)) }
}
