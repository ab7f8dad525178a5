import Foundation
import TesseraNumerics
import Testing

struct `Fourier transforms` {
  @Test(arguments: [(8, 8), (17, 12), (64, 33)]) func `come back`(size: (width: Int, height: Int)) {
    var source = RandomSource(seed: 3)
    let image = Raster(
      width: size.width, height: size.height,
      values: (0..<size.width * size.height).map { _ in Float(source.gaussian()) })
    let transform = FourierTransform(width: size.width, height: size.height)
    let back = transform.image(of: transform.spectrum(of: image))
    // Single precision loses about 1e-7 a stage.
    #expect(zip(back.values, image.values).allSatisfy { abs($0 - $1) < 1e-5 })
  }

  @Test func `put a wave where its frequency is`() {
    let (width, height) = (32, 16)
    var image = Raster<Float>(width: width, height: height, filling: 0)
    for y in 0..<height {
      for x in 0..<width { image[x, y] = Float(cos(2 * .pi * (3 * Double(x) / 32 + 2 * Double(y) / 16))) }
    }
    let power = FourierTransform(width: width, height: height).spectrum(of: image).centredPower()
    let expected = Float(width * height * width * height) / 4
    #expect(abs(power[16 + 3, 8 + 2] / expected - 1) < 1e-4)
    #expect(abs(power[16 - 3, 8 - 2] / expected - 1) < 1e-4)
    #expect(power[16, 8] < 1e-4 * expected)
  }
}

struct `Linear algebra` {
  private func random(_ rows: Int, _ columns: Int) -> Matrix<Double> {
    var source = RandomSource(seed: UInt64(rows * 100 + columns))
    return Matrix(rows: rows, columns: columns, values: (0..<rows * columns).map { _ in source.gaussian() })
  }

  @Test func `multiplies as the definition says`() {
    let (a, b) = (random(5, 7), random(7, 3))
    let product = a.times(b)
    for i in 0..<5 {
      for j in 0..<3 {
        let sum = (0..<7).reduce(0) { $0 + a[i, $1] * b[$1, j] }
        #expect(abs(product[i, j] - sum) < 1e-12)
        #expect(abs(a.times(b.transposed, transposingRight: true)[i, j] - sum) < 1e-12)
      }
    }
    let single = a.map { Float($0) }.times(b.map { Float($0) })
    #expect(zip(single.values, product.values).allSatisfy { abs(Double($0) - $1) < 1e-5 })
  }

  @Test func `takes a matrix apart and puts it together`() throws {
    let a = random(6, 4)
    let (u, s, vt) = try #require(a.singularValues())
    var scaled = vt
    for i in 0..<4 { for j in 0..<4 { scaled[i, j] *= s[i] } }
    #expect(zip(u.times(scaled).values, a.values).allSatisfy { abs($0 - $1) < 1e-12 })
    let inverse = try #require(a.pseudoInverse())
    let unit = inverse.times(a)
    for i in 0..<4 { for j in 0..<4 { #expect(abs(unit[i, j] - (i == j ? 1 : 0)) < 1e-11) } }
  }

  @Test func `solves and inverts positive matrices and refuses others`() throws {
    let gram = random(9, 4).gram
    let x = try #require(gram.solvedPositive([1, 2, 3, 4]))
    for i in 0..<4 { #expect(abs((0..<4).reduce(0) { $0 + gram[i, $1] * x[$1] } - Double(i + 1)) < 1e-10) }
    let unit = try #require(gram.invertedPositive()).times(gram)
    for i in 0..<4 { for j in 0..<4 { #expect(abs(unit[i, j] - (i == j ? 1 : 0)) < 1e-10) } }
    #expect(Matrix(rows: 2, columns: 2, values: [1, 2, 2, 1]).solvedPositive([1, 1]) == nil)
  }
}

struct `Neighbours in the plane` {
  @Test(arguments: [1, 2, 50, 700]) func `are those a full search finds`(count: Int) {
    var source = RandomSource(seed: UInt64(count))
    let points = (0..<count).map { _ in Point(100 * source.uniform(), 7 * source.uniform()) }
    let index = PlanarIndex(points)
    for _ in 0..<40 {
      let place = Point(140 * source.uniform() - 20, 20 * source.uniform() - 5)
      let sorted = points.indices.sorted {
        ((points[$0] - place).squaredLength, $0) < ((points[$1] - place).squaredLength, $1)
      }
      #expect(index.nearest(5, to: place) == Array(sorted.prefix(5)))
      #expect(index.neighbours(of: place, within: 9) == sorted.filter { (points[$0] - place).length <= 9 })
    }
  }

  @Test func `take points on a line and points that coincide`() {
    let line = PlanarIndex((0..<100).map { Point(Double($0), 3) })
    #expect(line.nearest(3, to: Point(50, 3)) == [50, 49, 51])
    #expect(PlanarIndex([Point(1, 1), Point(1, 1)]).nearestDistances() == [0, 0])
  }
}

struct `Order statistics` {
  @Test func `have their textbook values`() {
    #expect(Statistics.median([3.0, 1, 2]) == 2)
    #expect(Statistics.quantile([0.0, 10], 0.25) == 2.5)
    #expect(Statistics.deviation([1.0, 3]) == 1)
    #expect(Statistics.median([Double]()).isNaN)
  }
}

struct `Edge of the noise's eigenvalues` {
  @Test(arguments: [(2_000, 50), (1_500, 200), (300, 300)]) func `is where those of white noise end`(
    rows: Int, columns: Int
  ) throws {
    var source = RandomSource(seed: 12)
    let noise = Matrix<Double>(
      rows: rows, columns: columns, values: (0..<rows * columns).map { _ in source.gaussian() })
    let largest = try #require(noise.gram.symmetricEigen()?.values.last) / Double(rows)
    // The largest one scatters about the edge by some columns^(-2/3) of the range: 4 % for 50.
    #expect(abs(largest / Statistics.noiseEdge(columns: columns, rows: rows) - 1) < 0.05)
  }
}

struct `Parallel loops` {
  @Test func `keep the order of their results`() {
    #expect(concurrentMap(count: 1_000) { $0 * $0 } == (0..<1_000).map { $0 * $0 })
    #expect(concurrentMap(chunksOf: 7, of: 30) { $0.count } == [7, 7, 7, 7, 2])
    let rows = concurrentRows(width: 3, height: 40, of: 0) { y, row in for x in 0..<3 { row[x] = 10 * y + x } }
    #expect(rows[2, 39] == 392)
  }
}

struct `Means of shares` {
  @Test func `have an interval also where all shares are one`() {
    let (low, high) = Statistics.meanShareInterval([(4, 4), (4, 4)])
    // Wilson's interval of 4 of 4 begins at 1 / (1 + z² / 4).
    let end = 1 / (1 + 1.959964 * 1.959964 / 4)
    #expect(abs(low - (1 - 2.0.squareRoot() / 2 * (1 - end))) < 1e-9 && high == 1)
  }

  @Test func `of one share have its own`() {
    let (low, high) = Statistics.meanShareInterval([(7, 20)])
    let one = Statistics.shareInterval(7, of: 20)
    #expect(abs(low - one[0]) < 1e-12 && abs(high - one[1]) < 1e-12)
  }
}
