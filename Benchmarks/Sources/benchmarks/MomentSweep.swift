import ArgumentParser
import Foundation
import TesseraNumerics
import TesseraStructure

/// Patches to moments, against the bare matrix product of as many numbers: 66 terms, patches of 32 x 32 and 64 x 64.
struct MomentSweep: ThreadedBenchmark {
  static let configuration = CommandConfiguration(
    commandName: "moments", abstract: "Times Zernike moments against the bare matrix product.")

  @OptionGroup var threads: Threads
  @Option(help: "Runs, in each of which every piece of work takes its turn; medians are printed.") var repeats = 31

  func run() {
    print("patches   side  product      plain    sites  cutting  all, ms  basis, ms")
    for side in [32, 64] {
      // Patches around sites have an odd side.
      let start = ContinuousClock.now
      let basis = ZernikeBasis(side: side + 1, order: 10)
      let basisTime = (ContinuousClock.now - start) / .milliseconds(1)
      let plain = ZernikeBasis(side: side, order: 10, coversSites: false)
      let image = noise(rows: 1024, columns: 1024)
      for count in [1_207, 10_000] {
        var random = RandomSource(seed: 3)
        let places = (0..<count).map { _ in Point(40 + 940 * random.uniform(), 40 + 940 * random.uniform()) }
        let patches = Patches(
          of: Raster(width: 1024, height: 1024, values: image.values), around: places, side: side + 1)
        let (rows, weights) = (noise(rows: count, columns: side * side), noise(rows: side * side, columns: 66))
        let blocks = basis.blocks(of: patches)
        let times = medians([
          { _ = rows.times(weights) }, { _ = plain.moments(ofRows: rows) },
          { _ = basis.moments(of: blocks, count: count) }, { _ = basis.blocks(of: patches) },
          { _ = basis.moments(of: patches) },
        ])
        print(
          String(
            format: "%7d %6d %5.1f ms    x %4.2f   x %4.2f %8.1f %8.1f %10.0f", count, side, times[0],
            times[1] / times[0], times[2] / times[0], times[3], times[4], basisTime))
      }
    }
  }

  /// Milliseconds of each piece of work. They take turns, so that what else the machine does meets all alike.
  private func medians(_ works: [() -> Void]) -> [Double] {
    var times = works.map { _ in [Double]() }
    for _ in 0..<max(1, repeats) {
      for (k, work) in works.enumerated() { times[k].append(ContinuousClock().measure(work) / .milliseconds(1)) }
    }
    return times.map { Statistics.median($0) }
  }

  private func noise(rows: Int, columns: Int) -> Matrix<Float> {
    var random = RandomSource(seed: 1)
    return Matrix(rows: rows, columns: columns, values: (0..<rows * columns).map { _ in Float(random.gaussian()) })
  }
}
