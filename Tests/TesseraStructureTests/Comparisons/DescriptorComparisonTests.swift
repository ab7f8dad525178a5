import Foundation
import TesseraNumerics
import TesseraStructure
import TestSupport
import Testing

/// Figure S6 of M22: two motif classes, noise, and the noise that a reconstruction leaves.
struct `Reconstruction of noisy motifs` {
  /// Peak signal-to-noise ratios in dB inside the disc, of 600 patches of 48 x 48: Zernike with 136 terms, PCA with 136
  /// and with 2.
  private func ratios(noise: Double) throws -> (zernike: Double, pca136: Double, pca2: Double) {
    let side = 48
    let clean = [3, 6].map { motif(side: side, corners: $0).values }
    let noisy = whiteNoise(rows: 600, columns: side * side, seed: 21)
    var patches = noisy
    for row in 0..<600 {
      for column in 0..<side * side {
        patches[row, column] = clean[row % 2][column] + Float(noise) * noisy[row, column]
      }
    }
    let inside = zernikeReconstruction(of: [1], side: side).values.map { $0 != 0 }
    func ratio(_ rebuilt: Matrix<Float>) -> Double {
      var (sum, count) = (0.0, 0.0)
      for row in 0..<600 {
        for column in inside.indices where inside[column] {
          let difference = Double(rebuilt[row, column] - clean[row % 2][column])
          sum += difference * difference
          count += 1
        }
      }
      return -10 * log10(sum / count)
    }
    let basis = ZernikeBasis(side: side, order: 15, rule: .leastSquares, coversSites: false)
    let zernike = ratio(zernikeReconstructions(of: basis.moments(ofRows: patches), side: side))
    var pca = PCADescriptor()
    pca.components = 136
    let many = ratio(try pca.reconstructions(ofRows: patches, side: side))
    pca.components = 2
    return (zernike, many, ratio(try pca.reconstructions(ofRows: patches, side: side)))
  }

  @Test(.slow, arguments: [0.1, 1.0]) func `puts 136 fixed terms above as many fitted ones and two fitted ones on top`(
    noise: Double
  ) throws {
    let (zernike, pca136, pca2) = try ratios(noise: noise)
    #expect(zernike > pca136 && pca2 > zernike)
  }

  @Test func `keeps missing patches missing in the PCA descriptor`() throws {
    let scene = Raster(width: 90, height: 90, values: whiteNoise(rows: 90, columns: 90, seed: 2).values)
    let places = [Point(3, 3), Point(30.2, 40.7), Point(45, 45), Point(60.5, 33), Point(50, 70)]
    var pca = PCADescriptor()
    pca.components = 2
    let features = try pca.features(of: Patches(of: scene, around: places, side: 15))
    #expect(features.columns == 2 && features[0, 0].isNaN && (1..<5).allSatisfy { !features[$0, 1].isNaN })
  }
}

struct `Families of disc functions` {
  @Test(arguments: DiscFamily.allCases) func `are orthogonal and integrate squared to pi`(family: DiscFamily) {
    let functions = family.functions(count: 66)
    #expect(functions.count == [.zernike: 66, .pseudoZernike: 64, .fourierBessel: 66][family])
    let (places, weights) = gaussLegendre(count: 40)
    var gram = Matrix<Double>(rows: functions.count, columns: functions.count, filling: 0)
    for (place, weight) in zip(places, weights) {
      let rho = (place + 1) / 2
      for step in 0..<48 {
        let values = functions.map { $0.value(rho: rho, angle: 2 * .pi * Double(step) / 48) }
        let area = weight / 2 * rho * 2 * .pi / 48
        for i in values.indices { for j in 0...i { gram[i, j] += area * values[i] * values[j] } }
      }
    }
    // Forty points integrate the Bessel functions, up to twenty radians, to rounding.
    for i in functions.indices { for j in 0...i { #expect(abs(gram[i, j] - (i == j ? .pi : 0)) < 1e-8) } }
  }

  @Test(arguments: DiscFamily.allCases) func `let one in pixels / terms of white noise through`(family: DiscFamily)
    throws
  {
    let side = 40
    let noise = whiteNoise(rows: 300, columns: side * side, seed: 6)
    let rebuilt = try DiscDescriptor(family: family).reconstructions(ofRows: noise, side: side)
    let power = rebuilt.values.reduce(0.0) { $0 + Double($1) * Double($1) } / 300
    let terms = Double(family.functions(count: 66).count)
    #expect(abs(power / terms - 1) < 0.02)  // 300 x 64 squares: 1 %.
  }
}
