import Foundation
import TesseraImaging
import TesseraNumerics

/// The spots of one particle's lattice in the Fourier transform.
///
/// The particle is cut out with soft edges, and what varies more slowly than any lattice is taken out of it: the thickness of a particle that
/// shines in dark field would drown its spots. Around each frequency the median power of its ring is what noise and film give; the power
/// of a spot stands far above it.
package struct BraggPeaks {
  /// One of the two opposite spots of a family of planes.
  package struct Peak {
    /// Cycles a pixel; y 0 or more.
    package var frequency: Point
    /// Power over the median of its ring.
    package var height: Double
  }

  /// The strongest first.
  package private(set) var peaks: [Peak] = []
  /// Power over the median that chance hardly reaches: e-folds of the number of places, in units of the median.
  package let chance: Double
  /// Side of the square, and the particle's soft shape in it.
  let side: Int
  let shape: Raster<Float>
  let spectrum: [SIMD2<Float>]
  /// Median power of the rings of the band, two pixels wide, and the ring of a radius in pixels of the transform.
  private let rings: [Double]
  /// Standard deviation of a spot in pixels of the transform.
  private let width: Double
  let diameter: Double

  /// Standard deviation of a spot, in pixels of the transform.
  var spotWidth: Double { width }
  /// Median power of the ring of this radius, in pixels of the transform; 0 outside the band.
  func median(atRadius radius: Double) -> Double {
    let ring = Int(radius / 2)
    return rings.indices.contains(ring) ? rings[ring] : 0
  }

  /// Peaks that are looked for.
  private static let most = 8
  /// Standard deviation of the Gaussian that what varies slowly is measured with, in the longest spacings of the band: those still pass by 95 %.
  private static let slowest = 0.4

  /// - Parameters:
  ///   - image: a square around the particle.
  ///   - shape: 1 inside the particle, 0 outside.
  ///   - diameter: of the particle in pixels.
  ///   - band: frequencies of lattices, in cycles per pixel.
  package init(of image: Raster<Float>, shape: Raster<Float>, diameter: Double, band: ClosedRange<Double>) {
    side = image.width
    self.diameter = diameter
    let soft = GaussianFilter.smoothed(shape, sigma: max(1, 0.08 * diameter)).map { max(0, 2 * $0 - 1) }
    self.shape = soft
    let slow = GaussianFilter.smoothed(image, weights: soft, sigma: Self.slowest / max(band.lowerBound, 1e-3))
    var values = soft.values.indices.map { SIMD2<Float>(soft.values[$0] * (image.values[$0] - slow.values[$0]), 0) }
    ComplexTransform(width: side, height: side).forward(&values)
    spectrum = values
    width = 0.55 * Double(image.width) / max(diameter, 1)

    let count = side
    let power = values.map { Double($0.x * $0.x + $0.y * $0.y) }
    let middle = count / 2
    func frequency(_ index: Int) -> Double { Double(index <= middle ? index : index - count) }
    // Medians of rings two pixels wide.
    var rings = [[Double]](repeating: [], count: count)
    var places: [(index: Int, x: Double, y: Double, ring: Int)] = []
    let least = max(band.lowerBound, 2.5 / max(diameter, 1)) * Double(count)
    let largest = band.upperBound * Double(count)
    for y in 0...middle {
      for x in 0..<count {
        let (fx, fy) = (frequency(x), Double(y))
        let radius = hypot(fx, fy)
        guard radius >= least, radius <= largest, y > 0 || fx > 0 else { continue }
        let ring = Int(radius / 2)
        rings[ring].append(power[y * count + x])
        places.append((y * count + x, fx, fy, ring))
      }
    }
    let medians = rings.map { $0.isEmpty ? 0 : Statistics.median($0) }
    self.rings = medians
    // Spots are as wide as the shape makes them: so many of the places are independent.
    let independent = Double(places.count) / max(1, 4 * .pi * width * width)
    chance = log(max(2, independent)) / log(2)
    var ranked: [(x: Double, y: Double, height: Double)] = []
    for place in places where medians[place.ring] > 0 {
      let height = power[place.index] / medians[place.ring]
      if height > chance { ranked.append((place.x, place.y, height)) }
    }
    ranked.sort { a, b in (b.height, a.y, a.x) < (a.height, b.y, b.x) }
    let apart = max(2.5, 3.2 * width)
    for place in ranked {
      let isNew = peaks.allSatisfy { peak in
        let (px, py) = (peak.frequency.x * Double(count), peak.frequency.y * Double(count))
        return min(hypot(place.x - px, place.y - py), hypot(place.x + px, place.y + py)) > apart
      }
      guard isNew else { continue }
      peaks.append(Peak(frequency: Point(place.x, place.y) / Double(count), height: place.height))
      if peaks.count == Self.most { break }
    }
  }

  /// How one family of planes lies in the particle.
  package struct Extent {
    /// Length of the mean of the amplitudes with their phases, over that without: 1 for one crystal, about .8 where the two sides of a
    /// fault in the middle are shifted by a third of a plane spacing against each other.
    package var coherence: Double
    /// Part of the particle in which the amplitude exceeds half of its upper tenth: small for planes of one twin.
    package var share: Double
    /// The weakest tenth of the amplitudes in the core of the particle, over their median.
    package var weakest: Double
  }

  /// From the image of one spot alone.
  package func extent(of peak: Peak) -> Extent {
    let count = side
    var values = [SIMD2<Float>](repeating: .zero, count: count * count)
    let (cx, cy) = (peak.frequency.x * Double(count), peak.frequency.y * Double(count))
    // Wide enough to let a fault be seen, narrow enough to leave the next spot out.
    let sigma = 3.5 * width
    let reach = Int(3 * sigma) + 1
    for dy in -reach...reach {
      for dx in -reach...reach {
        let (x, y) = (Int(cx.rounded()) + dx, Int(cy.rounded()) + dy)
        let square = (Double(x) - cx) * (Double(x) - cx) + (Double(y) - cy) * (Double(y) - cy)
        let index = ((y % count + count) % count) * count + (x % count + count) % count
        values[index] = spectrum[index] * Float(exp(-square / (2 * sigma * sigma)))
      }
    }
    ComplexTransform(width: count, height: count).inverse(inPlace: &values)
    let inside = shape.values.indices.filter { shape.values[$0] > 0.5 }
    guard inside.count > 20 else { return Extent(coherence: 0, share: 0, weakest: 0) }
    let amplitude = inside.map { Double((values[$0].x * values[$0].x + values[$0].y * values[$0].y).squareRoot()) }
    // The carrier, from the median step of the phase between neighbours: a fault changes few steps, and by much.
    let expected = peak.frequency * (2 * Double.pi)
    func median(_ step: Int, _ carrier: Double) -> Double {
      let steps = inside.compactMap { index -> Double? in
        let other = index + step
        guard other < values.count, shape.values[other] > 0.5 else { return nil }
        let (a, b) = (values[index], values[other])
        let angle = Double(atan2(a.x * b.y - a.y * b.x, a.x * b.x + a.y * b.y))
        return (angle - carrier).remainder(dividingBy: 2 * .pi)
      }
      return carrier + (steps.isEmpty ? 0 : Statistics.median(steps))
    }
    let (kx, ky) = (median(1, expected.x), median(count, expected.y))
    var sum = SIMD2<Double>.zero
    var total = 0.0
    for (number, index) in inside.enumerated() {
      let angle = -(kx * Double(index % count) + ky * Double(index / count))
      let (re, im) = (Double(values[index].x), Double(values[index].y))
      sum += [re * cos(angle) - im * sin(angle), re * sin(angle) + im * cos(angle)]
      total += amplitude[number]
    }
    let upper = Statistics.quantile(amplitude, 0.9)
    let core = inside.indices.filter { shape.values[inside[$0]] > 0.9 }.map { amplitude[$0] }
    let middle = core.isEmpty ? 0 : Statistics.median(core)
    return Extent(
      coherence: total > 0 ? hypot(sum.x, sum.y) / total : 0,
      share: Double(amplitude.count { $0 > 0.5 * upper }) / Double(amplitude.count),
      weakest: middle > 0 ? Statistics.quantile(core, 0.1) / middle : 0)
  }
}
