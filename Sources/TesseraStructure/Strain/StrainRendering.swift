import TesseraImaging
import TesseraNumerics

/// Strain and its errors at the nodes of a field.
struct StrainNodes: Sendable {
  let field: LatticeField
  /// exx, eyy, exy and rotation; nil where the lattice is unknown.
  let values: [SIMD4<Double>?]
  /// Their standard errors; nil where the field has none.
  let errors: [SIMD4<Double>?]?
  /// Those of the means over the field; nil where the means are no result.
  let meanErrors: SIMD4<Double>?

  init(of part: StrainField) {
    let (field, reference, axis) = (part.field, part.reference.vectors, part.axis)
    let strains = concurrentMap(chunksOf: field.columns, of: field.locals.count) { range in
      range.map { field.locals[$0]?.strain(from: reference, axis: axis, hasErrors: field.hasErrors) }
    }.flatMap { $0 }
    self.field = field
    values = strains.map { strain in
      strain.map { SIMD4($0.gradient.exx, $0.gradient.eyy, $0.gradient.exy, $0.gradient.rotation) }
    }
    errors = field.hasErrors ? strains.map { $0?.errors } : nil
    meanErrors = errors.flatMap { errors in
      part.reference.shares.map { field.meanErrors(errors, source: part.source, less: $0, axis: axis) }
    }
  }
}

/// Values at the nodes of one or more fields, drawn into the pixels of an image band by band, so that the four values of all pixels are
/// never held twice.
struct StrainRendering: Sendable {
  /// The numbers of the grains, and where each lies; nil where one field is drawn wherever it is known.
  let numbers: [Int]
  let labels: Raster<UInt16>?
  let width, height: Int

  /// Lines that are rendered at once.
  private static let bandHeight = 256

  /// - Parameter take: gets the pixels of each band, from top to bottom, and how many of them each field has given.
  func render(_ images: [NodeImage], _ take: (_ band: Raster<SIMD4<Float>>, _ pixels: [Int]) -> Void) {
    for first in stride(from: 0, to: height, by: Self.bandHeight) {
      let lines = first..<min(height, first + Self.bandHeight)
      var band: Raster<SIMD4<Float>>?
      var counts = [Int](repeating: 0, count: images.count)
      for (index, image) in images.enumerated() where image.isKnown(somewhereIn: lines) {
        let own = image.drawn(lines, width: width)
        guard let labels else {
          counts[index] = own.values.count { $0[0].isFinite }
          band = own
          continue
        }
        var joined = band ?? Raster(width: width, height: lines.count, filling: SIMD4<Float>(repeating: .nan))
        let number = UInt16(clamping: numbers[index])
        for pixel in own.values.indices where labels.values[first * width + pixel] == number {
          joined.values[pixel] = own.values[pixel]
          if own.values[pixel][0].isFinite { counts[index] += 1 }
        }
        band = joined
      }
      take(band ?? Raster(width: width, height: lines.count, filling: SIMD4<Float>(repeating: .nan)), counts)
    }
  }

  /// Four planes that grow from band to band.
  struct Planes: Sendable {
    private var values = [[Float]](repeating: [], count: 4)

    init(pixelCount: Int) {
      for plane in values.indices { values[plane].reserveCapacity(pixelCount) }
    }

    mutating func append(_ band: Raster<SIMD4<Float>>) {
      let parts = concurrentMap(count: 4) { plane in band.values.map { $0[plane] } }
      for plane in values.indices { values[plane] += parts[plane] }
    }

    func planes(width: Int, height: Int) -> StrainPlanes {
      let rasters = values.map { Raster(width: width, height: height, values: $0) }
      return StrainPlanes(exx: rasters[0], eyy: rasters[1], exy: rasters[2], rotation: rasters[3])
    }
  }
}

/// What is stated of the errors of a strain map, gathered band by band.
struct StrainErrors: Sendable {
  private var planes: StrainRendering.Planes?
  private var sums = [Double](repeating: 0, count: 4)
  private var counts = [Int](repeating: 0, count: 4)
  private var samples = [[Float]](repeating: [], count: 4)
  private var pixel = 0
  private let sampleStep: Int

  /// - Parameters:
  ///   - pixelCount: of the image.
  ///   - keepsPlanes: whether the errors are kept pixel by pixel.
  init(pixelCount: Int, keepsPlanes: Bool) {
    sampleStep = StrainPlanes.sampleStep(of: pixelCount)
    planes = keepsPlanes ? .init(pixelCount: pixelCount) : nil
  }

  mutating func append(_ band: Raster<SIMD4<Float>>) {
    planes?.append(band)
    let (sums, counts, step) = (sums, counts, sampleStep)
    let skipped = (step - pixel % step) % step
    let parts = concurrentMap(count: 4) { plane -> (sum: Double, count: Int, sample: [Float]) in
      var (sum, count) = (sums[plane], counts[plane])
      for value in band.values where value[plane].isFinite {
        sum += Double(value[plane]) * Double(value[plane])
        count += 1
      }
      return (sum, count, stride(from: skipped, to: band.count, by: step).map { band.values[$0][plane] })
    }
    for plane in 0..<4 {
      (self.sums[plane], self.counts[plane]) = (parts[plane].sum, parts[plane].count)
      samples[plane] += parts[plane].sample
    }
    pixel += band.count
  }

  /// Of each plane; NaN where nothing is known.
  var rootMeanSquares: [Double] { zip(sums, counts).map { $1 > 0 ? ($0 / Double($1)).squareRoot() : .nan } }

  /// As `StrainPlanes.medians` gives them.
  var medians: [Double] { samples.map { Double(Statistics.median($0.filter(\.isFinite))) } }

  /// Nil where they were not kept.
  func planes(width: Int, height: Int) -> StrainPlanes? { planes?.planes(width: width, height: height) }
}
