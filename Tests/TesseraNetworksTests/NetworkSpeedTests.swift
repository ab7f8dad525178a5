import Foundation
import TesseraNetworks
import TesseraNumerics
import TestSupport
import Testing

/// `TESSERA_MEASURE=1` makes tests print what they measure.
enum Measurements {
  static let areWanted = !(ProcessInfo.processInfo.environment["TESSERA_MEASURE"] ?? "").isEmpty
}

/// Printed with `TESSERA_MEASURE=1`; docs/networks.md has the command.
@Suite(.serialized) struct `The speed of a network` {
  @Test(
    .slow,
    arguments: [
      ("particles", UNetArchitecture.particles, 5), ("atoms", .atoms, 1),
      ("the program's", NetworkModel.shippedAtoms.network.architecture, 5),
    ])
  func `on 800 x 800 pixels`(name: String, shape: UNetArchitecture, runs: Int) throws {
    guard Measurements.areWanted else { return }
    let network = try randomNetwork(shape, scale: 0.01)
    let image = randomImage(width: 800, height: 800)
    for threads in [1, 2] {
      let times = try Workers.$limit.withValue(threads) {
        try (0..<runs).map { _ in
          let start = ContinuousClock.now
          _ = try network.maps(of: image)
          return ContinuousClock.now - start
        }
      }.sorted()
      print("\(name), 800 x 800, \(threads) threads: best \(times[0]), median \(times[runs / 2])")
    }
  }

  /// From a map of 3,025 spots to candidates.
  @Test func `takes little beside the detection of columns`() throws {
    let step = 800.0 / 55
    let profile = (0..<800).map { index in
      let offset = Double(index).truncatingRemainder(dividingBy: step) - step / 2
      return exp(-offset * offset / (2 * step * step / 16))
    }
    let map = Raster(
      width: 800, height: 800, values: (0..<800 * 800).map { Float(profile[$0 % 800] * profile[$0 / 800]) })
    for filter in MapDetector.Filter.allCases {
      var detector = MapDetector()
      detector.filter = filter
      for threads in [1, 2] {
        let times = try Workers.$limit.withValue(threads) {
          try (0..<9).map { _ in
            let start = ContinuousClock.now
            let count = try detector.candidates(in: map, spacing: step).count
            let time = ContinuousClock.now - start
            #expect(count == 3025 || filter == .blocks)
            return time
          }
        }.sorted()
        if Measurements.areWanted {
          print("\(filter.rawValue), 3,025 columns, \(threads) threads: best \(times[0]), median \(times[4])")
        }
        // Ten milliseconds alone; other tests and a browser share the processors.
        #expect(times[0] < .milliseconds(250))
      }
    }
  }

  /// The peak of the process, which other tests have a part in: alone it is that of the network.
  @Test(.slow) func `leaves memory bounded on 4096 x 4096 pixels`() throws {
    guard Measurements.areWanted else { return }
    let network = try randomNetwork(.particles, scale: 0.01)
    let image = randomImage(width: 4096, height: 4096)
    let start = ContinuousClock.now
    let result = try network.maps(of: image)
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    print(
      "particles, 4096 x 4096 in \(result.tileCount) tiles: \(ContinuousClock.now - start), peak \(usage.ru_maxrss >> 10) MiB, "
        + "of which a tile may take \(network.largestTileMemory >> 20)")
  }
}
