import Foundation
import TesseraImaging
import TesseraNumerics

/// What a `ColumnFit` knows between sweeps: the columns, the background, and the residual image that both leave.
struct ColumnFitState {
  let fit: ColumnFit
  var columns: [GaussianColumn]
  let image: Raster<Float>
  /// Zero where nothing was measured, else one over the local noise factor.
  var measured: Raster<Float>
  let isMeasured: Raster<Bool>
  var background: Raster<Float>
  var residual: Raster<Float>
  let startSigma, spacing: Double
  /// Variance of a pixel of intensity 0, and its growth with the intensity; until the residual tells, a guess that goes with the unit.
  var constantVariance: Double
  var gain = 0.0
  /// Whether the values turned out to be counts.
  var areCounts = false
  var accuracies: [ColumnAccuracy]
  /// Standard errors of the heights, all else being held.
  var heldErrors: [Double]
  private var evidence: [Double]
  /// Known once the evidence is weighed.
  private var shared = SharedNoise()
  private let starts: [Point]
  let largestAmplitude: Double
  let tiles: FitTiles
  /// How far each tile has come.
  private var progress: [TileProgress]
  private var lastShape: ColumnFit.Shape?

  init(
    columns: [GaussianColumn], image: Raster<Float>, isMeasured: Raster<Bool>, noiseFactor: Raster<Float>?,
    sigma: Double, spacing: Double, fit: ColumnFit
  ) {
    (self.fit, self.columns, self.image, startSigma, self.spacing) = (fit, columns, image, sigma, spacing)
    self.isMeasured = isMeasured
    if let noiseFactor, fit.noise == .auto {
      measured = Raster(
        width: image.width, height: image.height,
        values: zip(isMeasured.values, noiseFactor.values).map { $0 ? 1 / $1 : 0 })
    } else {
      measured = isMeasured.map { $0 ? 1 : 0 }
    }
    background = Raster(width: image.width, height: image.height, filling: 0)
    residual = image
    accuracies = [ColumnAccuracy](repeating: ColumnAccuracy(), count: columns.count)
    heldErrors = [Double](repeating: .infinity, count: columns.count)
    evidence = [Double](repeating: 0, count: columns.count)
    starts = columns.map(\.centre)
    largestAmplitude = 2 * Double((image.values.max() ?? 1) - (image.values.min() ?? 0))
    let guess = Self.guessedNoise * largestAmplitude
    constantVariance = guess * guess
    tiles = FitTiles(
      width: image.width, height: image.height, places: starts, spacing: spacing, overlap: TileEquations.reach * sigma)
    progress = [TileProgress](repeating: TileProgress(), count: tiles.tiles.count)
    if fit.noise == .poisson { (constantVariance, gain) = (0, 1) }
  }

  /// What a pixel scatters by before the noise is known, as a share of `largestAmplitude`. So much that it is no noise at all would let
  /// columns rest where they start; this is a count on columns of 40.
  private static let guessedNoise = 1.0 / 80

  /// Goes on from where another fit in the same image ended, but for its columns.
  mutating func resume(from other: ColumnFit.Outcome) {
    (background, constantVariance, gain) = (other.background, other.constantVariance, other.gain)
    if other.areCounts { takeAsCounts() }
    renderResidual()
  }

  /// The background in the middle of its range, from some of its pixels.
  private var typicalBackground: Double {
    let stride = max(1, background.count / 4_000)
    return Statistics.median(
      Swift.stride(from: 0, to: background.count, by: stride).map { Double(background.values[$0]) })
  }

  func scene(shape: ColumnFit.Shape) -> FitScene {
    let typical = Statistics.median(columns.map(\.amplitude))
    // Of a pixel on a typical column; what the background adds to all pixels is in the constant, too.
    let brightVariance = abs(constantVariance + gain * (typical + typicalBackground))
    return FitScene(
      columns: columns, starts: starts, image: image, residual: residual, measured: measured,
      constantVariance: constantVariance, gain: gain,
      leastVariance: max(
        Self.rounding * largestAmplitude * largestAmplitude, Self.leastVarianceShare * brightVariance), shape: shape,
      unknowns: FitUnknowns(shape: shape, background: fit.background), windowRadius: fit.windowRadius,
      widths: startSigma * FitBounds.widths.lowerBound...startSigma * FitBounds.widths.upperBound,
      typicalAmplitude: typical, largestAmplitude: largestAmplitude,
      widthInformation: progress.reduce(0) { $0 + $1.widthInformation })
  }

  /// One step of all tiles that do not rest. Returns the move that 99 % of the columns stay below, in pixels: a few
  /// columns that compete for one peak never settle, and the finder removes them afterwards.
  mutating func sweep(shape: ColumnFit.Shape) -> Double {
    // The images are changed in place: by now no other step holds them.
    let (move, corrections) = advance(shape: shape)
    correctBackground(corrections)
    renderResidual()
    return move
  }

  /// Moves the columns. Returns the move that 99 % of them stay below, and the background corrections of the tiles.
  private mutating func advance(shape: ColumnFit.Shape) -> (move: Double, corrections: [SIMD4<Double>]) {
    if shape != lastShape { for t in progress.indices { progress[t].restart(shape) } }
    lastShape = shape
    let scene = scene(shape: shape)
    let active = tiles.tiles.indices.filter { t in tiles.around(t).contains { progress[$0].move > Self.tileRest } }
    let steps = concurrentMap(count: active.count) { [tiles, progress] k in
      TileFit(scene: scene, tile: tiles.tiles[active[k]], unit: Double(tiles.side))
        .step(damping: progress[active[k]].damping, after: progress[active[k]].equations)
    }
    for (t, step) in zip(active, steps) where step.width.information > 0 {
      (progress[t].widthStep, progress[t].widthInformation) = (step.width.step, step.width.information)
    }
    let width = shape == .shared ? commonWidth(in: scene) : nil
    var moves = [Double](repeating: 0, count: columns.count)
    var corrections = [SIMD4<Double>](repeating: .zero, count: tiles.tiles.count)
    for (t, step) in zip(active, steps) {
      // What the tile's columns do if the common width takes another step than the tile asked for.
      let excess = width.map { $0.step - step.width.step } ?? 0
      var farthest = 0.0
      for k in 0..<tiles.tiles[t].ownCount {
        let index = tiles.tiles[t].columns[k]
        let old = columns[index]
        let change = excess == 0 ? step.changes[k] : step.changes[k] + excess * step.width.columns[k]
        columns[index] = scene.advanced(old, from: starts[index], by: change)
        heldErrors[index] = step.heldErrors[k]
        // Columns beyond the border, which the image hardly shows, may never settle; nobody waits for them.
        guard scene.rim(of: old) >= 0 else { continue }
        // A width is known about as well as a place.
        let new = columns[index]
        let move = max((new.centre - old.centre).length, abs(new.sigma - old.sigma))
        moves[index] = move / Self.rest(of: new, step.heldErrors[k], tolerance: fit.tolerance)
        farthest = max(farthest, moves[index])
      }
      progress[t].record(step, farthest: farthest)
      corrections[t] = step.background + excess * step.width.background
    }
    var widthMove = 0.0
    if let width {
      widthMove = abs(width.sigma - scene.columns[0].sigma) / fit.tolerance
      if widthMove > 1 { for t in progress.indices { progress[t].move = .infinity } }
      for i in columns.indices { columns[i].setSigma(width.sigma) }
      for t in progress.indices where progress[t].widthInformation > 0 { progress[t].widthStep -= width.step }
    }
    return (max(Statistics.quantile(moves, Self.heededShare), widthMove), corrections)
  }

  /// A tile is not visited while all of its columns and those of the tiles around it move less than this share of what
  /// counts as rest.
  private static let tileRest = 0.7
  /// The share of the columns whose moves are waited for.
  private static let heededShare = 0.99
  /// The width that one tile asks for counts up to so many of its standard errors from the median.
  private static let farthestWidth = 4.0
  /// About so many columns decide whether widths agree, and fewer than the second number cannot.
  private static let widthSample = 4_000
  private static let fewestWidths = 20
  /// Widths agree where they scatter by no more than so many of their errors, which are themselves good to a fifth.
  private static let widthScatter = 1.25
  /// The variance of a dark pixel is at least this share of that of a typical column's, so that no pixel outweighs a hundred.
  private static let leastVarianceShare = 0.01
  /// And at least this share of the square of `largestAmplitude`, so that an image without noise divides by no zero.
  private static let rounding = 1e-18
  /// What moves by less than this share of its standard error in a sweep rests.
  static let restingShare = 0.05

  /// A column that moves less than this in a sweep rests, in pixels. A Gaussian's place has the error √2 σ / A times that of
  /// its height, all else being held.
  private static func rest(of column: GaussianColumn, _ heldError: Double, tolerance: Double) -> Double {
    let error = 2.0.squareRoot() * column.sigma * heldError / max(column.amplitude, 1e-30)
    return max(tolerance, error.isFinite ? restingShare * error : 0)
  }

  /// The width that all tiles together ask for: the mean of their steps, weighted by their information, with those that
  /// differ by more than four standard errors from the median drawn in. Tiles at rest have their say too.
  private func commonWidth(in scene: FitScene) -> (sigma: Double, step: Double)? {
    let asking = progress.filter { $0.widthInformation > 0 && $0.widthStep.isFinite }
    guard !asking.isEmpty, let old = scene.columns.first else { return nil }
    let middle = Statistics.median(asking.map(\.widthStep))
    var (sum, weight) = (0.0, 0.0)
    for tile in asking {
      let limit = Self.farthestWidth / tile.widthInformation.squareRoot()
      sum += tile.widthInformation * min(max(tile.widthStep, middle - limit), middle + limit)
      weight += tile.widthInformation
    }
    let sigma = scene.sharedSigma(old.sigma, step: sum / weight)
    return (sigma, 1 / (sigma * sigma) - old.p)
  }

  /// Whether widths of their own, one step away from the common one, differ by no more than their errors allow (the idea of
  /// Rao's score test: Proc. Camb. Phil. Soc. 44 (1948) 50). A common width then makes the places more precise, and dense
  /// columns above all. Some thousand columns decide.
  func widthsAgree() -> Bool {
    let scene = scene(shape: .round)
    let stride = max(1, columns.count / Self.widthSample)
    let sample = Swift.stride(from: 0, to: tiles.tiles.count, by: stride).map { tiles.tiles[$0] }
    let widths = concurrentMap(count: sample.count) { [tiles, columns, starts] k in
      let fit = TileFit(scene: scene, tile: sample[k], unit: Double(tiles.side))
      let known = fit.accuracies().enumerated().filter { $1.sigma.isFinite && $1.sigma > 0 && $1.flag == nil }
      let step = fit.step(damping: 0)
      return known.map { place, accuracy in
        let i = sample[k].columns[place]
        return (scene.advanced(columns[i], from: starts[i], by: step.changes[place]).sigma, accuracy.sigma)
      }
    }.flatMap { $0 }
    guard widths.count >= Self.fewestWidths else { return false }
    let middle = Statistics.median(widths.map(\.0))
    return Statistics.median(widths.map { abs($0.0 - middle) / $0.1 })
      < Self.widthScatter / Statistics.deviationOfMedian
  }

  /// The errors of all unknowns, the fit's quality and its flags, at the present state.
  mutating func assess(shape: ColumnFit.Shape) {
    let scene = scene(shape: shape)
    let found = concurrentMap(count: tiles.tiles.count) { [tiles, progress, lastShape] t in
      var scene = scene
      scene.widthInformation -= progress[t].widthInformation
      return TileFit(scene: scene, tile: tiles.tiles[t], unit: Double(tiles.side))
        .accuracies(after: shape == lastShape ? progress[t].equations : nil)
    }
    for (tile, accuracies) in zip(tiles.tiles, found) {
      for (k, accuracy) in accuracies.enumerated() { self.accuracies[tile.columns[k]] = accuracy }
    }
  }

  /// By how many standard deviations each column beats no column, at the present state.
  mutating func weighEvidence(shape: ColumnFit.Shape) {
    let scene = scene(shape: shape)
    let found = concurrentMap(count: tiles.tiles.count) { [tiles, heldErrors] t in
      let tile = tiles.tiles[t]
      return TileFit(scene: scene, tile: tile, unit: Double(tiles.side)).evidence(
        heldErrors: tile.columns[..<tile.ownCount].map { heldErrors[$0] })
    }
    shared = sharedNoise(in: scene)
    let factor = shared.shown.squareRoot()
    for (tile, part) in zip(tiles.tiles, found) {
      for (k, deviations) in part.enumerated() { evidence[tile.columns[k]] = deviations / factor }
    }
  }

  /// Image minus background minus all columns, from scratch.
  mutating func renderResidual() {
    let (width, height) = (image.width, image.height)
    let band = 64
    var lists = [[Int]](repeating: [], count: (height + band - 1) / band)
    for (index, column) in columns.enumerated() {
      let reach = column.reach(fit.windowRadius).y
      let first = max(0, Int(saturating: column.centre.y - reach) / band)
      let last = min(lists.count - 1, Int(saturating: max(0, column.centre.y + reach)) / band)
      if first <= last { for b in first...last { lists[b].append(index) } }
    }
    let (image, background, columns, radius) = (image, background, columns, fit.windowRadius)
    residual.values.withUnsafeMutableBufferPointer { buffer in
      nonisolated(unsafe) let pixels = buffer.baseAddress!  // Bands do not overlap.
      concurrentFor(lists.count) { [lists] b in
        let (from, rows) = (b * band, min(band, height - b * band))
        let scratch = GaussianWindow.Scratch()
        let part = pixels + from * width
        let range = from * width..<(from + rows) * width
        let (values, ground) = (image.values.span.extracting(range), background.values.span.extracting(range))
        for i in 0..<rows * width { part[i] = values[i] - ground[i] }
        for index in lists[b] {
          let column = columns[index]
          GaussianWindow(
            centre: column.centre - Point(0, Double(from)), shape: (column.p, column.q, column.r),
            reach: column.reach(radius), rasterWidth: width, rasterHeight: rows, scratch: scratch)?
            .add(-column.amplitude, to: part, stride: width)
        }
      }
    }
  }

  func outcome(shape: ColumnFit.Shape, sweeps: Int, lastMove: Double) -> ColumnFit.Outcome {
    let (seen, stated) = (shared.shown.squareRoot(), shared.continued.squareRoot())
    return ColumnFit.Outcome(
      columns: columns, accuracies: accuracies.map { $0.widened(by: stated) }, heldErrors: heldErrors.map { seen * $0 },
      evidence: evidence, background: background, residual: residual, constantVariance: constantVariance, gain: gain,
      noiseCorrelation: shared.shown, areCounts: areCounts, shape: shape, sweeps: sweeps, lastMove: lastMove)
  }
}
