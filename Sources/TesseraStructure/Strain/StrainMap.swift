import TesseraImaging
import TesseraNumerics

/// Strain as images, with what is needed to judge it.
public struct StrainMap: Sendable {
  public var source: StrainSource
  /// One value per pixel of the image.
  public var planes: StrainPlanes
  /// Standard errors of the planes from the noise alone; nil where unknown.
  public var errors: StrainPlanes?
  /// The lattice that counts as unstrained, in pixels.
  public var reference: LatticeVectors
  /// Direction of the first axis of exx, from +x towards +y, in radians.
  public var axis: Double
  /// Width over which a sharp step of the strain rises from 12 to 88 %, in pixels.
  public var resolution: Double
  /// How far the planes spread, and whether noise explains it.
  public let spread: StrainSpread

  init(
    source: StrainSource, planes: StrainPlanes, errors: StrainPlanes?, reference: LatticeVectors, axis: Double,
    resolution: Double
  ) {
    (self.source, self.planes, self.errors) = (source, planes, errors)
    (self.reference, self.axis, self.resolution) = (reference, axis, resolution)
    spread = StrainSpread(of: planes, errors: errors, resolution: resolution)
  }
}

extension LatticeField {
  /// The strain against a reference lattice, at every pixel.
  ///
  /// Values between nodes come from Keys' cubic interpolation, errors from the bilinear one. A pixel is known where the
  /// four nodes around it are.
  /// - Parameters:
  ///   - reference: as `StrainReference.vectors(in:)` gives it.
  ///   - axis: direction along which exx is taken, from +x towards +y, in radians.
  public func map(source: StrainSource, reference: LatticeVectors, axis: Double = 0) -> StrainMap {
    let strains = concurrentMap(chunksOf: columns, of: locals.count) { range in
      range.map { locals[$0]?.strain(from: reference, axis: axis, hasErrors: hasErrors) }
    }.flatMap { $0 }
    let values = strains.map { strain in
      strain.map { SIMD4($0.gradient.exx, $0.gradient.eyy, $0.gradient.exy, $0.gradient.rotation) }
    }
    let planes = rendered(values, cubic: true)
    let errors = hasErrors ? rendered(strains.map { $0?.errors }, cubic: false) : nil
    return StrainMap(
      source: source, planes: planes, errors: errors, reference: reference, axis: axis, resolution: resolution)
  }

  /// Four planes from values at the nodes.
  private func rendered(_ values: [SIMD4<Double>?], cubic: Bool) -> StrainPlanes {
    let known = values.map { $0 != nil }
    let filled = Self.filled(values.map { $0.map { SIMD4<Float>($0) } }, columns: columns, rows: rows)
    let nodesX = (0..<width).map { NodePlace(Double($0) / step.x, count: columns, cubic: cubic) }
    let pixels = concurrentRows(width: width, height: height, of: SIMD4<Float>(repeating: .nan)) { y, row in
      let place = NodePlace(Double(y) / step.y, count: rows, cubic: cubic)
      let line = (0..<columns).map { column in
        (0..<4).reduce(SIMD4<Float>.zero) { $0 + place.weights[$1] * filled[place.nodes[$1] * columns + column] }
      }
      let (above, below) = (place.first * columns, place.second * columns)
      // A column of nodes is known at this row where both nodes around it are.
      let isKnown = (0..<columns).map { known[above + $0] && known[below + $0] }
      for x in 0..<row.count {
        let across = nodesX[x]
        guard isKnown[across.first], isKnown[across.second] else { continue }
        var sum = across.weights[0] * line[across.nodes[0]]
        for tap in 1..<4 { sum += across.weights[tap] * line[across.nodes[tap]] }
        row[x] = sum
      }
    }
    let planes = concurrentMap(count: 4) { plane in
      Raster(width: width, height: height, values: pixels.values.map { $0[plane] })
    }
    return StrainPlanes(exx: planes[0], eyy: planes[1], exy: planes[2], rotation: planes[3])
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
