import Foundation
import TesseraNumerics
import TesseraStructure
import Testing

struct `Amplitude spectra of patches` {
  private func waves(shift: Double = 0, side: Int = 32) -> Raster<Float> {
    Raster(
      width: side, height: side,
      values: (0..<side * side).map { k in
        let (x, y) = (Double(k % side) + shift, Double(k / side) + 2 * shift)
        return Float(sin(2 * .pi * 4 * x / Double(side)) + 0.5 * cos(2 * .pi * (2 * x - 5 * y) / Double(side)))
      })
  }

  @Test func `do not depend on where things lie, on brightness or on contrast`() throws {
    let table = try AmplitudeSpectra().features(of: [waves(), waves(shift: 3), waves().map { 7 * $0 + 100 }])
    for row in 1...2 {
      #expect(zip(table.row(0), table.row(row)).allSatisfy { abs($0 - $1) < 2e-3 })
    }
    // Of two waves of the variances a² / 2 and b² / 2, N pixels, each has the amplitude a sqrt(N) / 2 over the standard deviation.
    let expected = (32 / 2 / (0.5 + 0.125).squareRoot()).squareRoot()
    #expect(abs(Double(table.row(0).max()!) - expected) < 1e-3)
    #expect(table.row(0).count { $0 > 0.1 } == 2)
  }

  @Test func `are unknown where nothing is shown`() throws {
    let flat = Raster<Float>(width: 32, height: 32, filling: 3)
    var empty = flat
    for k in empty.values.indices { empty.values[k] = .nan }
    let table = try AmplitudeSpectra().features(of: [waves(), flat, empty])
    #expect((0..<3).map { row in table.row(row).count { $0.isNaN } } == [0, table.columns, table.columns])
  }

  @Test func `of large patches have no more columns`() throws {
    let small = try AmplitudeSpectra().features(of: [waves(side: 64)])
    let large = try AmplitudeSpectra().features(of: [waves(side: 512)])
    #expect(5 * large.columns < 6 * small.columns && 2 * large.columns > small.columns)
    var wrong = AmplitudeSpectra()
    wrong.highestFrequency = 0.6
    #expect(throws: ParameterError.self) { try wrong.features(of: [waves()]) }
  }
}
