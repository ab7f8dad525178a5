import Foundation
import TesseraNumerics

/// Plane waves under a taper, and what they grow into along x and y: cos φ, sin φ, x cos φ, x sin φ, y cos φ, y sin φ with
/// φ = 2π f·(x, y), counted from the middle of a field. A change of a wave's frequency is a sum of these.
///
/// All inner products are sums over the pixels of the field, weighted by the taper; those between two entries factor into
/// sums over one row and one column, so their cost does not grow with the number of pixels.
package struct WaveDictionary {
  let width, height: Int
  /// In cycles per pixel; the first is zero, a constant.
  package let frequencies: [Point]
  /// Weights of the columns and rows, 0 ... 1; the weight of a pixel is their product.
  package let across, down: [Double]

  /// Which coordinate an entry grows with.
  package enum Growth: Int, CaseIterable { case none, x, y }
  package enum Part: Int, CaseIterable { case cosine, sine }

  /// - Parameters:
  ///   - width: of the field, in pixels.
  ///   - height: of the field, in pixels.
  ///   - waves: frequencies without zero, in cycles per pixel.
  package init(width: Int, height: Int, waves: [Point]) {
    (self.width, self.height) = (width, height)
    frequencies = [.zero] + waves
    // The root of a Hann window: side lobes fall with the square of the distance, and little is lost to noise.
    func taper(_ count: Int) -> [Double] { (0..<count).map { sin(.pi * (Double($0) + 0.5) / Double(count)) } }
    (across, down) = (taper(width), taper(height))
  }

  package var count: Int { 6 * frequencies.count }

  package func index(_ growth: Growth, _ wave: Int, _ part: Part) -> Int {
    (growth.rawValue * frequencies.count + wave) * 2 + part.rawValue
  }

  /// The coordinate that pixel `index` of `count` has in the field.
  private func coordinate(_ index: Int, of count: Int) -> Double { Double(index) - Double(count - 1) / 2 }

  /// The inner product of each entry with each other over a part of the field, weighted by a power of the taper.
  package func gram(taperPower power: Int, columns: Range<Int>? = nil, rows: Range<Int>? = nil) -> Matrix<Double> {
    gram(lineMoments(\.x, taperPower: power, over: columns), lineMoments(\.y, taperPower: power, over: rows))
  }

  /// What `gram` needs of the columns, or of the rows, of a part of the field: parts with the same columns share it.
  /// - Parameters:
  ///   - axis: `\.x` for columns, `\.y` for rows.
  ///   - power: of the taper, to which its weights are raised.
  ///   - part: indices of the columns, or of the rows, that count; nil: all.
  package func lineMoments(
    _ axis: KeyPath<Point, Double> & Sendable, taperPower power: Int, over part: Range<Int>? = nil
  ) -> LineMoments {
    let taper = axis == \.x ? across : down
    let weights = taper.enumerated().map { part?.contains($0.offset) ?? true ? pow($0.element, Double(power)) : 0 }
    return LineMoments(of: frequencies.map { $0[keyPath: axis] }, weights: weights)
  }

  /// The inner products over the part of the field that some columns and some rows have in common.
  package func gram(_ columns: LineMoments, _ rows: LineMoments) -> Matrix<Double> {
    let n = frequencies.count
    var result = Matrix<Double>(rows: count, columns: count, filling: 0)
    for k in 0..<n {
      for l in 0..<n {
        let sum = Moments(x: columns.sums[k * n + l], y: rows.sums[k * n + l])
        let difference = Moments(x: columns.differences[k * n + l], y: rows.differences[k * n + l])
        for growth in Growth.allCases {
          for other in Growth.allCases {
            let (s, d) = (sum[growth, other], difference[growth, other])
            // cos a cos b = (cos(a-b) + cos(a+b)) / 2, and so on.
            result[index(growth, k, .cosine), index(other, l, .cosine)] = (d.x + s.x) / 2
            result[index(growth, k, .sine), index(other, l, .sine)] = (d.x - s.x) / 2
            result[index(growth, k, .sine), index(other, l, .cosine)] = (s.y + d.y) / 2
            result[index(growth, k, .cosine), index(other, l, .sine)] = (s.y - d.y) / 2
          }
        }
      }
    }
    return result
  }

  /// The inner product of each entry with a part of an image.
  package func products(with image: Raster<Float>, columns: Range<Int>, rows: Range<Int>) -> [Double] {
    let n = frequencies.count
    let table = self.table(columns: columns)
    let part =
      columns.count == image.width && rows.count == image.height
      ? image : image.cropped(x: columns.lowerBound, y: rows.lowerBound, width: columns.count, height: rows.count)
    let sums = Matrix(rows: rows.count, columns: columns.count, values: part.values).times(table)
    var result = [Double](repeating: 0, count: count)
    for (line, row) in rows.enumerated() {
      let (y, weight) = (coordinate(row, of: height), down[row])
      for k in 0..<n {
        let phase = 2 * .pi * frequencies[k].y * y
        let (c, s) = (weight * cos(phase), weight * sin(phase))
        let at = line * 4 * n + 4 * k
        let (plainC, plainS) = (Double(sums.values[at]), Double(sums.values[at + 1]))
        let (grownC, grownS) = (Double(sums.values[at + 2]), Double(sums.values[at + 3]))
        let (cosine, sine) = (plainC * c - plainS * s, plainS * c + plainC * s)
        result[index(.none, k, .cosine)] += cosine
        result[index(.none, k, .sine)] += sine
        result[index(.x, k, .cosine)] += grownC * c - grownS * s
        result[index(.x, k, .sine)] += grownS * c + grownC * s
        result[index(.y, k, .cosine)] += y * cosine
        result[index(.y, k, .sine)] += y * sine
      }
    }
    return result
  }

  /// The image that the waves make, without growth.
  /// - Parameter coefficients: cosine and sine of each frequency.
  package func image(of coefficients: [(cosine: Double, sine: Double)]) -> Raster<Float> {
    let n = frequencies.count
    var left = Matrix<Float>(rows: height, columns: 2 * n, filling: 0)
    for row in 0..<height {
      let y = coordinate(row, of: height)
      for (k, amplitude) in coefficients.enumerated() {
        let phase = 2 * .pi * frequencies[k].y * y
        let (c, s) = (cos(phase), sin(phase))
        left[row, 2 * k] = Float(amplitude.cosine * c + amplitude.sine * s)
        left[row, 2 * k + 1] = Float(amplitude.sine * c - amplitude.cosine * s)
      }
    }
    var right = Matrix<Float>(rows: 2 * n, columns: width, filling: 0)
    for k in 0..<n {
      for column in 0..<width {
        let phase = 2 * .pi * frequencies[k].x * coordinate(column, of: width)
        right[2 * k, column] = Float(cos(phase))
        right[2 * k + 1, column] = Float(sin(phase))
      }
    }
    return Raster(width: width, height: height, values: left.times(right).values)
  }

  /// For each column of a part: taper times cos, sin, x cos, x sin of each frequency's phase along x.
  private func table(columns: Range<Int>) -> Matrix<Float> {
    let n = frequencies.count
    var table = Matrix<Float>(rows: columns.count, columns: 4 * n, filling: 0)
    for (line, column) in columns.enumerated() {
      let (x, weight) = (coordinate(column, of: width), across[column])
      for k in 0..<n {
        let phase = 2 * .pi * frequencies[k].x * x
        let (c, s) = (weight * cos(phase), weight * sin(phase))
        let at = line * 4 * n + 4 * k
        table.values[at] = Float(c)
        table.values[at + 1] = Float(s)
        table.values[at + 2] = Float(x * c)
        table.values[at + 3] = Float(x * s)
      }
    }
    return table
  }
}
