import Foundation
import TesseraImaging
import TesseraNetworks
import TesseraNumerics
import Testing

struct `Detection while settings change` {
  /// Columns of many heights on a jittered lattice, with ripples between them.
  private static let map: Raster<Float> = {
    var source = RandomSource(seed: 5, stream: 0)
    var map = Raster<Float>(width: 200, height: 160, repeating: 0)
    for row in 0..<14 {
      for column in 0..<18 {
        let (x, y) = (6 + 11 * Double(column) + source.normal(), 6 + 11 * Double(row) + source.normal())
        let height = source.uniform()
        for v in max(0, Int(y) - 8)..<min(160, Int(y) + 9) {
          for u in max(0, Int(x) - 8)..<min(200, Int(x) + 9) {
            let distance = pow(Double(u) - x, 2) + pow(Double(v) - y, 2)
            map[u, v] += Float(height * exp(-distance / 15) + 0.02 * source.uniform())
          }
        }
      }
    }
    return map
  }()

  @Test func `gives what a detection from the start gives`() throws {
    let live = LiveDetection(Self.map, spacing: 10.6, lowestBound: 0.01)
    for bound in [0.3, 0.01, 0.9, 0.3, 0.05, 0.5] {
      for window in [nil, 2.0, 9.0] {
        var detector = MapDetector()
        (detector.filterLowerBound, detector.filterWindow) = (bound, window)
        let alone = try detector.candidates(in: Self.map, spacing: 10.6)
        #expect(try live.candidates(by: detector) == alone, "\(bound) \(window ?? 0)")
        #expect(!alone.isEmpty || bound == 0.9)
      }
    }
    var blocks = MapDetector()
    blocks.filter = .blocks
    #expect(try live.candidates(by: blocks) == blocks.candidates(in: Self.map, spacing: 10.6))
  }

  @Test func `refuses a bound below what was kept`() throws {
    let live = LiveDetection(Self.map, spacing: nil, lowestBound: 0.1)
    var detector = MapDetector()
    detector.filterLowerBound = 0.05
    #expect(throws: ParameterError.self) { try live.candidates(by: detector) }
    detector.filterLowerBound = 0.1
    #expect(try live.candidates(by: detector) == detector.candidates(in: Self.map, spacing: nil))
  }
}
