import Foundation
import TesseraImaging
import TesseraNumerics

/// The image at a ladder of scales, from which the scale of its columns is read.
///
/// At the right scale the significant maxima of the Laplacian of the Gaussian are the columns: neighbours stand at even
/// distances, and a somewhat coarser scale shows the same ones. Finer scales break columns into noise, whose maxima
/// scatter, and coarser ones join them. The finest scale with even distances, or with a number that stays the same over
/// three rungs, is taken, made coarser towards a quarter of the spacing, which suits a lattice best. Without such a scale
/// (few columns, much noise) the first ring of the power spectrum tells the spacing, or its reflections do, and without either the first scale
/// at which maxima stand four of it apart is taken, or that at which lone columns answer most strongly (Lindeberg, IJCV
/// 30 (1998) 79).
struct ScaleLadder {
  let image: Raster<Float>
  /// The variance of a pixel at each intensity.
  let noise: NoiseModel
  private let scales: [Double]

  /// What one scale shows.
  private struct Rung {
    var scale: Double
    /// Significant maxima, as row-major indices.
    var maxima: [Int] = []
    /// Median distance to the nearest neighbour, in pixels, and its robust relative scatter.
    var spacing = Double.infinity
    var scatter = Double.infinity
    /// Median height over the noise.
    var signalToNoise = 0.0
  }

  /// A scale, and why it was chosen.
  struct Choice {
    var scale: Double
    var reason: String
    var order = Order.even
    /// Two reflections of the spectrum, in cycles per pixel, where they alone led to the scale; nil elsewhere. Then few columns or
    /// none stand above the noise one by one.
    var reflections: (first: Point, second: Point)?
  }

  /// What the choice of a scale rests on.
  enum Order {
    /// Even distances, or a ring in the power spectrum.
    case even
    /// A number of maxima that stays the same around this smoothing.
    case steady
    /// Neither: maxima stand close to each other, or answer most strongly.
    case none
  }

  init(image: Raster<Float>, noise: NoiseModel) {
    (self.image, self.noise) = (image, noise)
    let largest = min(Self.largestScale, Double(min(image.width, image.height)) / Self.scalesPerSide)
    var scale = 1.0
    var ladder: [Double] = []
    while scale <= max(largest, 1) {
      ladder.append(scale)
      scale *= Self.rungRatio
    }
    scales = ladder
  }

  /// The coarsest scale, in pixels: columns a hundred pixels apart.
  private static let largestScale = 24.0
  /// The image's shorter side in units of the coarsest scale: room for two columns.
  private static let scalesPerSide = 10.0
  /// Four rungs double the scale.
  private static let rungRatio = 1.19
  /// A scale with fewer maxima shows no order, and with fewer than the second no distances.
  private static let fewestMaxima = 12
  private static let fewestForDistances = 4
  /// Spacings of neighbours on a lattice at a suitable scale, in units of it.
  private static let evenSpacings = 3.3...6.6
  /// A number of maxima that stays the same over so many steps is a plateau.
  private static let plateauSteps = 3
  /// A coarser scale that keeps this share of the maxima has joined none but for chance.
  private static let keptShare = 0.88
  /// The power spectrum has a ring where it rises this many times above its surroundings.
  private static let ringContrast = 4.0
  /// Columns on a lattice are about a fifth of the plane spacing wide at most.
  private static let scaleOfPlane = 0.2
  /// Maxima that answer most strongly at a scale so many times finer than that at which they are four scales apart are lone columns,
  /// which are best seen a little above their own scale, as that passes less noise.
  private static let loneness = 1.7
  private static let loneScaleFactor = 1.2
  /// Local maxima are the highest within so many scales.
  static let maximumReach = 1.2
  /// The response of columns has one summit: where it has fallen to this share of it, coarser scales only cost time.
  private static let summitPassed = 0.8

  /// Spacing of neighbours in units of the scale at which the Laplacian of the Gaussian suits a lattice.
  static let spacingInScales = 4.0
  /// A maximum counts from this many standard deviations of the noise.
  private static let significance = 4.5
  /// Maxima whose median only just exceeds `significance` are the noise's own tail.
  private static let leastSignal = 6.0
  /// Neighbours at less even distances than this are no lattice and no row of columns.
  private static let largestScatter = 0.27
  /// Maxima of noise stand at distances that scatter by 17 % or more; those of columns by less than this.
  static let evenScatter = 0.14
  /// At scales below this, in pixels, distances are those of maxima between pixels.
  private static let coarsePixels = 1.5
  /// On a plateau the number of maxima changes by less than this from rung to rung (as a natural logarithm).
  private static let steadiness = 0.07

  /// The scale of the columns, in pixels; nil where nothing rises above the noise.
  func columnScale() -> Choice? {
    var rungs: [Rung] = []
    var steadyFrom = 0
    for k in scales.indices {
      rungs.append(rung(at: k))
      if k > 0 && !isSteady(rungs[k - 1], rungs[k]) { steadyFrom = k }
      if isEven(rungs[k]) { return even(&rungs, from: k) }
      if k - steadyFrom >= Self.plateauSteps { return plateau(&rungs, from: steadyFrom) }
    }
    return fromRing() ?? fromReflections() ?? firstCloseScale(rungs)
  }

  /// Whether neighbouring maxima stand at distances that noise does not make, and neither merge nor break.
  private func isEven(_ rung: Rung) -> Bool {
    rung.maxima.count >= Self.fewestMaxima && rung.signalToNoise >= Self.leastSignal && rung.scatter <= Self.evenScatter
      && Self.evenSpacings.contains(rung.spacing / rung.scale)
  }

  private func isSteady(_ a: Rung, _ b: Rung) -> Bool {
    a.maxima.count >= Self.fewestMaxima && min(a.signalToNoise, b.signalToNoise) >= Self.leastSignal
      && max(a.scatter, b.scatter) <= Self.largestScatter
      && abs(log(Double(b.maxima.count) / Double(a.maxima.count))) <= Self.steadiness
  }

  private func even(_ rungs: inout [Rung], from first: Int) -> Choice {
    let scale = quarterSpacing(&rungs, from: first)
    return Choice(
      scale: scale,
      reason: "about a quarter of the spacing of the maxima, whose distances scatter by only "
        + "\((100 * rungs[first].scatter).text(decimals: 0)) %")
  }

  private func plateau(_ rungs: inout [Rung], from first: Int) -> Choice {
    let scale = quarterSpacing(&rungs, from: first)
    return Choice(
      scale: scale,
      reason: "about a quarter of the spacing of the maxima, whose number stays the same around this smoothing",
      order: .steady)
  }

  /// A quarter of a rung's spacing, or the coarsest scale before it at which its maxima are still apart.
  private func quarterSpacing(_ rungs: inout [Rung], from first: Int) -> Double {
    let ideal = rungs[first].spacing / Self.spacingInScales
    var last = first
    while last + 1 < scales.count, scales[last] < ideal {
      if last + 1 == rungs.count { rungs.append(rung(at: last + 1)) }
      guard Double(rungs[last + 1].maxima.count) >= Self.keptShare * Double(rungs[first].maxima.count) else { break }
      last += 1
    }
    return min(max(ideal, rungs[first].scale), rungs[last].scale)
  }

  private func fromRing() -> Choice? {
    let estimate = PatchSize().estimate(
      of: PowerSpectrum(of: image), spacing: Double(min(image.width, image.height)) / 24, widest: 6)
    guard let plane = estimate.planeSpacing, estimate.contrast > Self.ringContrast else { return nil }
    return Choice(
      scale: max(1, Self.scaleOfPlane * plane), reason: "a fifth of the plane spacing in the power spectrum")
  }

  /// Of a lattice, or nil. Where columns are small and counts few, none stands above the noise by itself, and all around its ring the
  /// spectrum holds little; but its reflections are points, each as strong as all columns together.
  private func fromReflections() -> Choice? {
    guard let (first, second) = CrystalPlanes.pair(in: image),
      case let spacing = CrystalPlanes.spacing(of: (first, second)), spacing >= CrystalPlanes.finest
    else { return nil }
    return Choice(
      scale: max(1, spacing / Self.spacingInScales),
      reason: "a quarter of the plane spacing of the reflections in the power spectrum",
      reflections: (first, second))
  }

  private func firstCloseScale(_ rungs: [Rung]) -> Choice? {
    let clear = rungs.filter { $0.maxima.count >= Self.fewestForDistances && $0.signalToNoise >= Self.leastSignal }
    guard let close = clear.first(where: { $0.spacing <= Self.spacingInScales * $0.scale }) ?? clear.last else {
      return nil
    }
    let lone = loneScale(at: close.maxima)
    return Self.loneness * lone < close.scale
      ? Choice(
        scale: Self.loneScaleFactor * lone, reason: "isolated columns respond most strongly to this smoothing",
        order: .none)
      : Choice(
        scale: close.scale, reason: "neighbouring maxima are four times this scale apart", order: .none)
  }

  /// Images of more pixels than these are looked at in blocks of a quarter of a scale, where that is two pixels or more: the whole image once for each
  /// coarse scale would take minutes.
  private static let largeImage = 1 << 24
  private static let blocksPerScale = 4.0

  /// Maxima of the response at a scale, as row-major indices of the image, their heights in units of the noise, and the response where it was
  /// not taken in blocks.
  private func maxima(at scale: Double) -> (indices: [Int], ratios: [Double], response: Raster<Float>?) {
    let reach = max(1, Int(saturating: (Self.maximumReach * scale).rounded()))
    let block = image.count > Self.largeImage ? Int(scale / Self.blocksPerScale) : 1
    guard block > 1 else {
      let (smooth, response) = GaussianFilter.smoothedWithBlobs(image, sigma: scale)
      let all = LocalMaxima.indices(in: response, reach: reach)
      return (all, significance(of: all, in: response, smooth: smooth, scale: scale), response)
    }
    let (smooth, response) = GaussianFilter.smoothedWithBlobs(
      Binning.means(of: image, factor: block), sigma: scale / Double(block))
    let unit = GaussianFilter.blobResponseNoise(sigma: scale)
    let coarse = LocalMaxima.indices(in: response, reach: max(1, reach / block))
    let all = coarse.map { index in
      let (x, y) = (index % response.width, index / response.width)
      return (y * block + block / 2) * image.width + x * block + block / 2
    }
    let ratios = zip(coarse, all).map { small, index in
      Double(response.values[small])
        / (unit * noise.variance(ofPixel: index, at: Double(smooth.values[small])).squareRoot())
    }
    return (all, ratios, nil)
  }

  private func rung(at k: Int) -> Rung {
    var rung = Rung(scale: scales[k])
    let (all, ratios, response) = maxima(at: scales[k])
    rung.maxima = all.indices.filter { ratios[$0] > Self.significance }.map { all[$0] }
    guard rung.maxima.count >= Self.fewestForDistances else { return rung }
    rung.signalToNoise = Statistics.median(ratios.filter { $0 > Self.significance })
    // Where columns are a few pixels apart, whole pixels scatter as much as maxima of noise.
    let places = rung.maxima.map { index in
      let (x, y) = (index % image.width, index / image.width)
      if scales[k] < Self.coarsePixels, let response { return LocalMaxima.subpixel(in: response, x: x, y: y) }
      return Point(Double(x), Double(y))
    }
    let distances = PlanarIndex(places).nearestDistances()
    rung.spacing = Statistics.median(distances)
    rung.scatter = Statistics.robustDeviation(distances) / rung.spacing
    return rung
  }

  /// The scale at which the median response of these maxima is largest.
  private func loneScale(at maxima: [Int]) -> Double {
    var best = (scale: scales[0], height: -Double.infinity)
    for k in scales.indices {
      let response = GaussianFilter.blobResponse(image, sigma: scales[k])
      let height = Double(Statistics.median(maxima.map { response.values[$0] }))
      if height > best.height { best = (scales[k], height) }
      if height < Self.summitPassed * best.height { break }
    }
    return best.scale
  }

  /// Responses at these pixels in units of their noise, which follows from the smoothed intensity there.
  /// - Parameter smooth: the image smoothed at this scale, if it is at hand and the scale is 1 or more.
  func significance(
    of maxima: [Int], in response: Raster<Float>, smooth: Raster<Float>? = nil, scale: Double
  ) -> [Double] {
    let smooth =
      scale >= 1 ? smooth ?? GaussianFilter.smoothed(image, sigma: scale) : GaussianFilter.smoothed(image, sigma: 1)
    let unit = GaussianFilter.blobResponseNoise(sigma: scale)
    return maxima.map {
      Double(response.values[$0])
        / (unit * noise.variance(ofPixel: $0, at: Double(smooth.values[$0])).squareRoot())
    }
  }
}
