import TesseraImaging
import TesseraNumerics

/// Strain as images, with what is needed to judge it.
public struct StrainMap: Sendable {
  /// What the strain was measured from.
  public var source: StrainSource
  /// One value per pixel of the image.
  public var planes: StrainPlanes
  /// Standard errors of the planes from the noise alone; nil where unknown, or no longer needed.
  public var errors: StrainPlanes?
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

  init(
    source: StrainSource, planes: StrainPlanes, errors: StrainPlanes?, reference: LatticeVectors, axis: Double,
    resolution: Double, meanErrors: SIMD4<Double>?, grainCount: Int = 1
  ) {
    self.grainCount = grainCount
    (self.source, self.planes, self.errors) = (source, planes, errors)
    (self.reference, self.axis, self.resolution) = (reference, axis, resolution)
    errorMedians = errors?.medians ?? []
    spread = StrainSpread(of: planes, errors: errors, resolution: resolution, meanErrors: meanErrors)
  }
}

extension StrainMap {
  /// The maps of several grains as one: at each pixel that of the grain there, the lattice of no other being known.
  ///
  /// - Parameters:
  ///   - maps: with the numbers of their grains, the largest grain first; of one image. One alone stays as it is.
  ///   - labels: the number of the grain of each pixel; 0 for none.
  public init?(joining maps: [(grain: Int, map: StrainMap)], over labels: Raster<UInt16>) {
    guard let first = maps.first?.map else { return nil }
    guard maps.count > 1 else {
      self = first
      return
    }
    func joined(_ planes: [(grain: Int, planes: StrainPlanes)]) -> StrainPlanes {
      let rasters = concurrentMap(count: 4) { index in
        var result = Raster<Float>(width: labels.width, height: labels.height, filling: .nan)
        let sources = planes.map { (grain: $0.grain, values: $0.planes.all[index].values) }
        for pixel in result.values.indices {
          let own = Int(labels.values[pixel])
          if let source = sources.first(where: { $0.grain == own }) { result.values[pixel] = source.values[pixel] }
        }
        return result
      }
      return StrainPlanes(exx: rasters[0], eyy: rasters[1], exy: rasters[2], rotation: rasters[3])
    }
    let errors = maps.compactMap { grain, map in map.errors.map { (grain, $0) } }
    let pixels = maps.map { grain, map in
      zip(labels.values, map.planes.exx.values).count { Int($0) == grain && $1.isFinite }
    }
    // The mean over all is that of the grains, each with its share of the pixels; each has a reference of its own.
    let known = Double(pixels.reduce(0, +))
    var variance: SIMD4<Double>? = .zero
    for (count, one) in zip(pixels, maps) where count > 0 {
      let share = Double(count) / known
      let means = one.map.spread.planes.compactMap(\.meanError)
      variance = means.count == 4 ? variance.map { $0 + SIMD4(means) * SIMD4(means) * (share * share) } : nil
    }
    self.init(
      source: first.source, planes: joined(maps.map { ($0.grain, $0.map.planes) }),
      errors: errors.count == maps.count ? joined(errors) : nil, reference: first.reference, axis: first.axis,
      resolution: first.resolution, meanErrors: variance?.squareRoot(), grainCount: maps.count)
  }
}

extension LatticeField {
  /// The strain against a reference lattice, at every pixel.
  ///
  /// Values between nodes come from Keys' cubic interpolation, errors from the bilinear one. A pixel is known where the
  /// four nodes around it are.
  /// - Parameters:
  ///   - source: what the field was measured from; the map states it.
  ///   - reference: any vectors, in pixels; nothing is said of the mean strain against them.
  ///   - axis: direction along which exx is taken, from +x towards +y, in radians.
  public func map(source: StrainSource, reference: LatticeVectors, axis: Double = 0) -> StrainMap {
    map(source: source, against: StrainReference.Resolved(reference, areGiven: false), axis: axis)
  }

  /// The same against a reference as `StrainReference.resolved(in:)` gives it, with errors of the means where these are a result.
  public func map(source: StrainSource, against resolved: StrainReference.Resolved, axis: Double = 0) -> StrainMap {
    let reference = resolved.vectors
    let strains = concurrentMap(chunksOf: columns, of: locals.count) { range in
      range.map { locals[$0]?.strain(from: reference, axis: axis, hasErrors: hasErrors) }
    }.flatMap { $0 }
    let values = strains.map { strain in
      strain.map { SIMD4($0.gradient.exx, $0.gradient.eyy, $0.gradient.exy, $0.gradient.rotation) }
    }
    let planes = rendered(values, cubic: true)
    let nodeErrors = hasErrors ? strains.map { $0?.errors } : nil
    let errors = nodeErrors.map { rendered($0, cubic: false) }
    let meanErrors = nodeErrors.flatMap { errors in
      resolved.shares.map { self.meanErrors(errors, source: source, less: $0, axis: axis) }
    }
    return StrainMap(
      source: source, planes: planes, errors: errors, reference: reference, axis: axis, resolution: resolution,
      meanErrors: meanErrors)
  }

  /// Four planes from values at the nodes.
  private func rendered(_ values: [SIMD4<Double>?], cubic: Bool) -> StrainPlanes {
    let known = values.map { $0 != nil }
    let filled = Self.filled(values.map { $0.map { SIMD4<Float>($0) } }, columns: columns, rows: rows)
    let nodesX = (0..<width).map { NodePlace(Double($0) / step.x, count: columns, cubic: cubic) }
    var planes = [[Float]](repeating: [], count: 4)
    for plane in planes.indices { planes[plane].reserveCapacity(width * height) }
    // Band by band, so that the four values of all pixels are never held twice.
    for first in stride(from: 0, to: height, by: Self.bandHeight) {
      let band = rendered(first..<min(height, first + Self.bandHeight), of: filled, known, nodesX, cubic: cubic)
      for plane in planes.indices { for value in band.values { planes[plane].append(value[plane]) } }
    }
    let rasters = planes.map { Raster(width: width, height: height, values: $0) }
    return StrainPlanes(exx: rasters[0], eyy: rasters[1], exy: rasters[2], rotation: rasters[3])
  }

  /// Lines that are rendered at once.
  private static let bandHeight = 256

  /// Some lines of all four planes.
  /// - Parameters:
  ///   - filled: values at the nodes, with a continuation where none is known.
  ///   - nodesX: the nodes around each pixel of a line.
  private func rendered(
    _ lines: Range<Int>, of filled: [SIMD4<Float>], _ known: [Bool], _ nodesX: [NodePlace], cubic: Bool
  ) -> Raster<SIMD4<Float>> {
    concurrentRows(width: width, height: lines.count, of: SIMD4<Float>(repeating: .nan)) { line, row in
      let place = NodePlace(Double(lines.lowerBound + line) / step.y, count: rows, cubic: cubic)
      let across = (0..<columns).map { column in
        (0..<4).reduce(SIMD4<Float>.zero) { $0 + place.weights[$1] * filled[place.nodes[$1] * columns + column] }
      }
      let (above, below) = (place.first * columns, place.second * columns)
      // A column of nodes is known at this row where both nodes around it are.
      let isKnown = (0..<columns).map { known[above + $0] && known[below + $0] }
      for x in 0..<row.count {
        let nodes = nodesX[x]
        guard isKnown[nodes.first], isKnown[nodes.second] else { continue }
        var sum = nodes.weights[0] * across[nodes.nodes[0]]
        for tap in 1..<4 { sum += nodes.weights[tap] * across[nodes.nodes[tap]] }
        row[x] = sum
      }
    }
  }

  /// Unknown nodes beside known ones take the mean of these, so that interpolation beside them makes no jump; two rings.
  private static func filled(_ values: [SIMD4<Float>?], columns: Int, rows: Int) -> [SIMD4<Float>] {
    var values = values
    for _ in 0..<2 {
      let before = values
      for row in 0..<rows {
        for column in 0..<columns where before[row * columns + column] == nil {
          var (sum, count) = (SIMD4<Float>.zero, Float(0))
          for v in max(0, row - 1)...min(rows - 1, row + 1) {
            for u in max(0, column - 1)...min(columns - 1, column + 1) {
              if let value = before[v * columns + u] { (sum, count) = (sum + value, count + 1) }
            }
          }
          if count > 0 { values[row * columns + column] = sum / count }
        }
      }
    }
    return values.map { $0 ?? .zero }
  }
}

/// The nodes around a coordinate, with their interpolation weights.
private struct NodePlace {
  /// Four neighbours, repeated at the rim of the grid.
  var nodes: SIMD4<Int>
  var weights: SIMD4<Float>
  /// The two nodes that enclose the coordinate.
  var first, second: Int

  init(_ coordinate: Double, count: Int, cubic: Bool) {
    let floor = min(Int(saturating: coordinate), max(0, count - 2))
    let fraction = coordinate - Double(floor)
    (first, second) = (floor, min(floor + 1, count - 1))
    nodes = SIMD4(max(0, floor - 1), floor, second, min(floor + 2, count - 1))
    weights =
      cubic
      ? SIMD4(
        Float(cubicKernel(1 + fraction)), Float(cubicKernel(fraction)), Float(cubicKernel(1 - fraction)),
        Float(cubicKernel(2 - fraction)))
      : SIMD4(0, Float(1 - fraction), Float(fraction), 0)
  }
}
