import Foundation
import TesseraNumerics

/// Where in an image each of two layers lies: the amplitudes of their waves, fitted in windows that overlap.
///
/// A layer lies where its amplitude, in units of that where the layer is strong, is half of the other's or more. The ratio of both does
/// not change with the brightness of the image, and at the rim of a layer that ends there it is one half of what it is inside.
public struct LayerPresence: Sendable {
  /// The least ratio of the amplitudes, each in units of its own layer, at which the weaker layer still counts as there.
  private static let leastRatio = 0.5
  /// From this ratio on no part of a window lies beyond the rim of a layer.
  private static let fullRatio = 0.8
  /// Where neither layer has this part of its usual amplitude there is none: vacuum, or another structure.
  private static let leastAmplitude = 0.2
  /// At most so many windows along a side.
  private static let mostWindows = 24
  /// Windows are this many lattice constants wide at least: in less the three waves of one layer are not told apart.
  private static let fewestConstants = 4.0
  /// Windows lie this part of their side apart, or less.
  private static let step = 0.4
  /// The power of a layer is this many times what noise gives in a window, or windows are larger.
  private static let leastSignal = 10.0
  /// From this share of the image on both layers cover all of it: what is missing is as little as the noise of the windows.
  private static let wholeShare = 0.95
  /// Shares are counted on so many places along each side.
  private static let places = 64

  /// Middle of the first window and distance of windows along x and y, in pixels.
  private let origin, step: Point
  private let columns, rows: Int
  /// Of the image, in pixels.
  let width, height: Int
  /// For each layer the amplitude in each window, in units of that where it is strong.
  private var amplitudes: [[Double]]
  /// Part of the image in which each layer lies, 0 ... 1.
  public private(set) var shares: [Double] = [1, 1]
  /// Part of the image in which both layers lie, 0 ... 1.
  public private(set) var sharedShare = 1.0
  /// The rectangle around all places that hold both layers, in pixels.
  private(set) var frame: (columns: Range<Int>, rows: Range<Int>)

  /// Whether both layers cover the image.
  public var isWhole: Bool { sharedShare >= Self.wholeShare }

  /// - Parameters:
  ///   - outcome: the waves of both lattices, which tell the phases only roughly where a layer covers part of the image.
  ///   - image: without its slow changes.
  init(of outcome: LayerFit.Outcome, in image: Raster<Float>) {
    let waves = (0..<2).map { layer in
      // Few waves, the strongest: fewer unknowns in a window.
      LayerLattice.waves.indices.sorted {
        (outcome.amplitude(lattice: layer, wave: $1), $0) < (outcome.amplitude(lattice: layer, wave: $0), $1)
      }.prefix(3)
    }
    let frequencies = (0..<2).map { layer in waves[layer].map { outcome.lattices[layer].frequencies[$0] } }
    (width, height) = (image.width, image.height)
    let side = Self.side(
      of: outcome, waves: waves.map(Array.init), frequencies: frequencies, width: width, height: height)
    func layout(_ length: Int) -> (count: Int, step: Double) {
      let room = Double(length - side)
      let count = min(Self.mostWindows, 1 + Int(saturating: (room / (Self.step * Double(side))).rounded(.up)))
      return (count, count > 1 ? room / Double(count - 1) : 0)
    }
    let (across, down) = (layout(width), layout(height))
    (columns, rows) = (across.count, down.count)
    let half = Double(side - 1) / 2
    (origin, step) = (Point(half, half), Point(across.step, down.step))
    let fit = WavePowers(width: side, height: side, groups: frequencies)
    let powers = concurrentMap(count: columns * rows) { index -> [Double] in
      let x = Int(saturating: (across.step * Double(index % across.count)).rounded())
      let y = Int(saturating: (down.step * Double(index / across.count)).rounded())
      return fit?.powers(in: image.cropped(x: x, y: y, width: side, height: side), noise: outcome.residualDeviation)
        ?? [1, 1]
    }
    amplitudes = (0..<2).map { layer in
      let own = powers.map { max(0, $0[layer]) }
      let total = own.reduce(0, +)
      // Where a layer covers part of the image, this mean is that of its part.
      let strong = total > 0 ? own.reduce(0) { $0 + $1 * $1 } / total : 1
      return own.map { ($0 / strong).squareRoot() }
    }
    frame = (0..<width, 0..<height)
    count()
  }

  /// Counts the places that hold each layer, and both.
  private mutating func count() {
    var (counts, both) = ([0, 0], 0)
    var (x, y) = ((low: width, high: 0), (low: height, high: 0))
    for row in 0..<Self.places {
      for column in 0..<Self.places {
        let (left, right) = (column * width / Self.places, (column + 1) * width / Self.places)
        let (top, bottom) = (row * height / Self.places, (row + 1) * height / Self.places)
        let holds = holds(at: Point(Double(left + right - 1) / 2, Double(top + bottom - 1) / 2))
        for layer in 0..<2 where holds[layer] { counts[layer] += 1 }
        guard holds[0] && holds[1] else { continue }
        both += 1
        (x, y) = ((min(x.low, left), max(x.high, right)), (min(y.low, top), max(y.high, bottom)))
      }
    }
    let all = Double(Self.places * Self.places)
    (shares, sharedShare) = (counts.map { Double($0) / all }, Double(both) / all)
    if both > 0, !isWhole { frame = (x.low..<x.high, y.low..<y.high) }
  }

  /// The same with the second layer first.
  var swapped: LayerPresence {
    var copy = self
    copy.amplitudes.reverse()
    copy.shares.reverse()
    return copy
  }

  /// The part of the smaller layer that lies on the other one, 0 ... 1: about 1 for a layer that ends, and 0 for grains side by side.
  var overlap: Double {
    let smaller = shares.min() ?? 0
    return smaller > 0 ? sharedShare / smaller : 0
  }

  /// Whether both layers lie at a place, in pixels.
  public func holdsBoth(at place: Point) -> Bool {
    if isWhole { return true }
    let holds = holds(at: place)
    return holds[0] && holds[1]
  }

  /// The middles of all windows, row after row.
  var windows: [Point] {
    (0..<columns * rows).map {
      origin + Point(step.x * Double($0 % columns), step.y * Double($0 / columns))
    }
  }

  /// Amplitude of both layers together at a place, in units of that where they are strong: how the contrast of the image changes.
  func contrast(at place: Point) -> Double {
    let own = amplitudes(at: place)
    return ((own[0] * own[0] + own[1] * own[1]) / 2).squareRoot()
  }

  /// Whether both layers lie at a place and in the window around it.
  func holdsBothFully(at place: Point) -> Bool {
    let own = amplitudes(at: place)
    return isWhole || (holdsBoth(at: place) && min(own[0], own[1]) >= Self.fullRatio * max(own[0], own[1]))
  }

  private func holds(at place: Point) -> [Bool] {
    let own = amplitudes(at: place)
    let most = max(own[0], own[1])
    return own.map { most > Self.leastAmplitude && $0 >= Self.leastRatio * most }
  }

  /// Between the middles of four windows; beyond the outermost ones that of the nearest.
  private func amplitudes(at place: Point) -> [Double] {
    func split(_ offset: Double, _ step: Double, _ count: Int) -> (Int, Double) {
      guard count > 1, step > 0 else { return (0, 0) }
      let at = min(max(0, offset / step), Double(count - 1))
      let first = min(Int(saturating: at), count - 2)
      return (first, at - Double(first))
    }
    let (i, p) = split(place.x - origin.x, step.x, columns)
    let (j, q) = split(place.y - origin.y, step.y, rows)
    let (right, below) = (min(i + 1, columns - 1), min(j + 1, rows - 1))
    return amplitudes.map { own in
      let top = own[j * columns + i] * (1 - p) + own[j * columns + right] * p
      let bottom = own[below * columns + i] * (1 - p) + own[below * columns + right] * p
      return top * (1 - q) + bottom * q
    }
  }

  /// Side of the windows: a fringe of the moire, within less of which the waves of both layers are not told apart, and enough pixels to
  /// rise above the noise.
  private static func side(
    of outcome: LayerFit.Outcome, waves: [[Int]], frequencies: [[Point]], width: Int, height: Int
  ) -> Int {
    let nearest =
      frequencies[0].flatMap { wave in frequencies[1].flatMap { [(wave - $0).length, (wave + $0).length] } }
      .filter { $0 > 0 }.min() ?? 1
    let constant = max(outcome.lattices[0].constant, outcome.lattices[1].constant)
    let noise = pow(outcome.residualDeviation, 2)
    let power =
      (0..<2).map { layer in waves[layer].reduce(0) { $0 + pow(outcome.amplitude(lattice: layer, wave: $1), 2) } }.min()
      ?? 0
    // Three waves of two parts each, of which white noise gives each the power 4 σ² / N under the taper.
    let pixels = power > 0 ? leastSignal * 24 * noise / power : 0
    let longest = Double(max(width, height))
    let wanted = max(
      1 / nearest, fewestConstants * constant, pixels.squareRoot(), longest / (step * Double(mostWindows)))
    return min(width, height, Int(saturating: wanted.rounded(.up)))
  }
}
