import Foundation
import TesseraImaging
import TesseraNumerics

/// The local power spectrum around each point of a grid: the amplitudes of waves under a Gaussian window, over the root of their summed
/// squares [S21, section II.A].
///
/// Amplitudes do not depend on where in a cell the window is centred, nor on the height of the columns. Rows are transformed first, for
/// all waves of one horizontal frequency at once; the cost is O(pixels x patch / stride) for each.
public struct SpectrumDescriptor: Sendable, Codable, Equatable {
  /// A wave, in cycles per pixel along x and y.
  public struct Wave: Sendable, Codable, Hashable {
    /// Cycles per pixel.
    public var x, y: Double
    /// A wave of `x` and `y` cycles per pixel.
    public init(x: Double, y: Double) { (self.x, self.y) = (x, y) }
  }

  /// Half the side of the window in pixels, 1 or more; the standard deviation of the Gaussian is half of it.
  public var half: Int
  /// The waves whose amplitudes are the descriptor, one map each.
  public var waves: [Wave]

  /// A descriptor of windows of 2 `half` + 1 pixels.
  public init(half: Int, waves: [Wave]) { (self.half, self.waves) = (half, waves) }

  /// Waves on a uniform grid, half a cycle per plane spacing apart, up to two cycles per spacing along x and y: what a window of three
  /// spacings tells apart. A wave and its opposite have one amplitude; of both the one that points down, or right, is there.
  public static func uniformWaves(spacing: Double) -> [Wave] {
    var waves: [Wave] = []
    for v in 0...4 {
      for u in -4...4 where v > 0 || u > 0 {
        waves.append(Wave(x: Double(u) / (2 * spacing), y: Double(v) / (2 * spacing)))
      }
    }
    // Nothing lies beyond half a cycle per pixel.
    return waves.filter { max(abs($0.x), abs($0.y)) <= 0.5 }
  }

  /// One map per wave, 0 ... 1; 0 where the window is constant. A window that leaves the image is moved inside.
  /// - Parameters:
  ///   - image: finite intensities, more than 2 `half` pixels wide and high.
  ///   - grid: the points of the image that get a value.
  ///   - kept: indices of the waves wanted, nil: all; their amplitudes are over those of all.
  public func maps(of image: Raster<Float>, on grid: DescriptorGrid, kept: [Int]? = nil) -> [Raster<Float>] {
    precondition(min(image.width, image.height) > 2 * half, "the window must fit into the image")
    let windowed = WindowedWaves(waves, half: half)
    let least = 1e-6 * Float(Statistics.deviation(image.values))
    let kept = kept ?? Array(waves.indices)
    // Each band of rows of the grid transforms the rows of pixels that it needs.
    let band = max(1, half / grid.stride)
    let parts = concurrentMap(chunksOf: band, of: grid.rows) { rows -> [Float] in
      let first = top(of: rows.lowerBound, grid, image)
      let last = top(of: rows.upperBound - 1, grid, image) + 2 * half
      let lines = windowed.lines(of: image, rows: first...last, on: grid)
      var result: [Float] = []
      result.reserveCapacity(rows.count * grid.columns * kept.count)
      var amplitudes = [Float](repeating: 0, count: waves.count)
      for row in rows {
        let start = top(of: row, grid, image) - first
        for column in 0..<grid.columns {
          let mean = windowed.fill(&amplitudes, from: lines, at: column, line: start, of: grid)
          let norm = amplitudes.reduce(0) { $0 + $1 * $1 }.squareRoot()
          let isConstant = norm <= max(least, 1e-5 * abs(mean)) * windowed.total
          for wave in kept { result.append(isConstant ? 0 : amplitudes[wave] / norm) }
        }
      }
      return result
    }
    let values = parts.flatMap { $0 }
    return kept.indices.map { index in
      Raster(
        width: grid.columns, height: grid.rows, values: (0..<grid.count).map { values[$0 * kept.count + index] })
    }
  }

  /// The first row of pixels under the window of a row of the grid.
  private func top(of row: Int, _ grid: DescriptorGrid, _ image: Raster<Float>) -> Int {
    max(0, min(image.height - 1 - 2 * half, grid.pixel(row) - half))
  }

}

/// Waves under a Gaussian window, and the transforms of an image by them: along rows first, then down the columns of a window.
private struct WindowedWaves: Sendable {
  private let half: Int
  /// The window along one axis, and its sum.
  private let window: [Float]
  let total: Float
  /// The waves along x, one for each frequency that there is, and the place of each wave's own among them.
  private let across: [[SIMD2<Float>]]
  private let place: [Int]
  /// Each wave along y.
  private let down: [[SIMD2<Float>]]
  /// What each wave has of a constant of 1, and the place of the frequency 0 along x; nil where no wave has it.
  private let ofConstant: [SIMD2<Float>]
  private let still: Int?

  init(_ waves: [SpectrumDescriptor.Wave], half: Int) {
    self.half = half
    let window = (-half...half).map { Float(exp(-2 * Double($0 * $0) / Double(half * half))) }
    func samples(of frequency: Double) -> [SIMD2<Float>] {
      window.indices.map { index in
        let angle = 2 * Double.pi * frequency * Double(index - half)
        return window[index] * SIMD2(Float(cos(angle)), Float(sin(angle)))
      }
    }
    let columns = Set(waves.map(\.x)).sorted()
    let across = columns.map(samples)
    let place = waves.map { wave in columns.firstIndex(of: wave.x)! }
    let down = waves.map { samples(of: $0.y) }
    ofConstant = waves.indices.map { wave in
      Self.product(across[place[wave]].reduce(.zero, +), down[wave].reduce(.zero, +))
    }
    (self.window, total, self.across, self.place, self.down) = (window, window.reduce(0, +), across, place, down)
    still = columns.firstIndex(of: 0)
  }

  private static func product(_ a: SIMD2<Float>, _ b: SIMD2<Float>) -> SIMD2<Float> {
    SIMD2(a.x * b.x - a.y * b.y, a.x * b.y + a.y * b.x)
  }

  /// Rows of pixels transformed at each column of a grid: the waves along x of one column after the other, row after row.
  func lines(of image: Raster<Float>, rows: ClosedRange<Int>, on grid: DescriptorGrid) -> [SIMD2<Float>] {
    var lines: [SIMD2<Float>] = []
    lines.reserveCapacity(rows.count * grid.columns * across.count)
    for y in rows {
      let pixels = image.values.span.extracting(y * image.width..<(y + 1) * image.width)
      for column in 0..<grid.columns {
        let left = max(0, min(image.width - 1 - 2 * half, grid.pixel(column) - half))
        for wave in across {
          var sum = SIMD2<Float>.zero
          for x in wave.indices { sum += wave[x] * pixels[left + x] }
          lines.append(sum)
        }
      }
    }
    return lines
  }

  /// The amplitudes of all waves in a window, without what they have of its mean, which is returned.
  /// - Parameters:
  ///   - lines: rows of pixels, transformed.
  ///   - column: of the grid.
  ///   - line: the first of `lines` that lies in the window.
  func fill(
    _ amplitudes: inout [Float], from lines: [SIMD2<Float>], at column: Int, line: Int, of grid: DescriptorGrid
  ) -> Float {
    func value(_ y: Int, _ wave: Int) -> SIMD2<Float> {
      lines[((line + y) * grid.columns + column) * across.count + wave]
    }
    // The mean under the window has a part in low waves, too.
    var mean: Float = 0
    if let still {
      for y in window.indices { mean += window[y] * value(y, still).x }
      mean /= total * total
    }
    for (wave, samples) in down.enumerated() {
      var sum = SIMD2<Float>.zero
      for y in samples.indices { sum += Self.product(value(y, place[wave]), samples[y]) }
      sum -= mean * ofConstant[wave]
      amplitudes[wave] = (sum * sum).sum().squareRoot()
    }
    return mean
  }
}
