import TesseraImaging
import TesseraNumerics

/// Strain as images, with what is needed to judge it.
public struct StrainMap: Sendable {
  /// What the strain was measured from.
  public var source: StrainSource
  /// One value per pixel of the image.
  public var planes: StrainPlanes
  /// Standard errors of the planes from the noise alone; nil where unknown, or not kept.
  public let errors: StrainPlanes?
  /// Their medians, in the order of `StrainPlanes.names`; empty where errors are unknown.
  public let errorMedians: [Double]
  /// The lattice that counts as unstrained, in pixels; of several grains that of the largest.
  public var reference: LatticeVectors
  /// Direction of the first axis of exx, from +x towards +y, in radians.
  public var axis: Double
  /// Width over which a sharp step of the strain rises from 12 to 88 %, in pixels.
  public var resolution: Double
  /// How far the planes spread and what their means are, and whether noise explains it.
  public let spread: StrainSpread
  /// The number of grains that were measured, each against a reference of its own.
  public let grainCount: Int
}

/// The lattice of a grain from place to place, and what its strain is measured against.
public struct StrainField: Sendable {
  /// The lattice vectors.
  public var field: LatticeField
  /// What the field was measured from.
  public var source: StrainSource
  /// The lattice that counts as unstrained there.
  public var reference: StrainReference.Resolved
  /// Direction along which exx is taken, from +x towards +y, in radians.
  public var axis: Double

  /// - Parameters:
  ///   - field: the lattice vectors.
  ///   - source: what the field was measured from; the map states it.
  ///   - reference: as `StrainReference.resolved(in:)` gives it.
  ///   - axis: direction along which exx is taken, in radians.
  public init(
    _ field: LatticeField, source: StrainSource, against reference: StrainReference.Resolved, axis: Double = 0
  ) {
    (self.field, self.source, self.reference, self.axis) = (field, source, reference, axis)
  }
}

extension StrainMap {
  /// The strain against a reference lattice, at every pixel.
  ///
  /// Values between nodes come from Keys' cubic interpolation, errors from the bilinear one. A pixel is known where the
  /// four nodes around it are.
  /// - Parameters:
  ///   - field: the lattice and its reference.
  ///   - keepsErrors: whether `errors` is wanted pixel by pixel. Without, they are rendered some lines at a time, which spares as much memory
  ///     as the map itself takes.
  public init(of field: StrainField, keepsErrors: Bool = true) {
    self.init(of: [(1, field)], over: nil, keepsErrors: keepsErrors)
  }

  /// The maps of several grains as one: at each pixel that of the grain there, the lattice of no other being known.
  ///
  /// - Parameters:
  ///   - grains: fields with the numbers of their grains, the largest grain first; of one image. One alone is known wherever its lattice is.
  ///   - labels: the number of the grain of each pixel; 0 for none. Not asked for where there is one grain.
  ///   - keepsErrors: whether `errors` is wanted pixel by pixel.
  public init?(
    joining grains: [(grain: Int, field: StrainField)], over labels: @autoclosure () -> Raster<UInt16>,
    keepsErrors: Bool = true
  ) {
    guard !grains.isEmpty else { return nil }
    self.init(of: grains, over: grains.count > 1 ? labels() : nil, keepsErrors: keepsErrors)
  }

  private init(of grains: [(grain: Int, field: StrainField)], over labels: Raster<UInt16>?, keepsErrors: Bool) {
    let (first, parts) = (grains[0].field, grains.map { StrainNodes(of: $0.field) })
    let numbers = grains.map(\.grain)
    let rendering = StrainRendering(
      numbers: numbers, labels: labels, width: first.field.width, height: first.field.height)
    var collected = StrainRendering.Planes(pixelCount: first.field.width * first.field.height)
    var pixels = [Int](repeating: 0, count: grains.count)
    rendering.render(parts.map { NodeImage(of: $0.values, in: $0.field, cubic: true) }) { band, own in
      collected.append(band)
      for index in own.indices { pixels[index] += own[index] }
    }
    var noise: StrainErrors?
    if parts.allSatisfy({ $0.errors != nil }) {
      var errors = StrainErrors(pixelCount: first.field.width * first.field.height, keepsPlanes: keepsErrors)
      rendering.render(parts.map { NodeImage(of: $0.errors ?? [], in: $0.field, cubic: false) }) { band, _ in
        errors.append(band)
      }
      noise = errors
    }
    // The mean over all is that of the grains, each with its share of the pixels; each has a reference of its own.
    let known = Double(max(1, pixels.reduce(0, +)))
    var variance: SIMD4<Double>? = noise == nil ? nil : .zero
    for (count, part) in zip(pixels, parts) where count > 0 || grains.count == 1 {
      let share = grains.count == 1 ? 1 : Double(count) / known
      variance = variance.flatMap { sum in part.meanErrors.map { sum + $0 * $0 * (share * share) } }
    }
    let planes = collected.planes(width: first.field.width, height: first.field.height)
    (source, self.planes, errors) = (
      first.source, planes, noise?.planes(width: first.field.width, height: first.field.height)
    )
    (reference, axis, resolution) = (first.reference.vectors, first.axis, first.field.resolution)
    (grainCount, errorMedians) = (grains.count, noise?.medians ?? [])
    spread = StrainSpread(
      of: planes, noises: noise?.rootMeanSquares, resolution: first.field.resolution, meanErrors: variance?.squareRoot()
    )
  }
}

extension LatticeField {
  /// The strain of this field alone against any vectors, in pixels; nothing is said of the mean strain against them.
  public func map(source: StrainSource, reference: LatticeVectors, axis: Double = 0) -> StrainMap {
    StrainMap(of: StrainField(self, source: source, against: .init(reference, areGiven: false), axis: axis))
  }
}
