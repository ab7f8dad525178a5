import Foundation
import TesseraImaging
import TesseraNumerics

/// What one step of a tile brought.
struct TileStep: Sendable {
  /// The tile's own columns after the step.
  var columns: [GaussianColumn] = []
  /// How far each moved, in pixels.
  var moves: [Double] = []
  /// Standard error of each height, all else being held.
  var heldErrors: [Double] = []
  /// Correction of the background: coefficients of 1, X and Y, counted from the tile's centre in units of its side.
  var background = SIMD4<Double>.zero
  /// The step of 1 / sigma² that the tile asks for, and its information about it; for a shared shape.
  var widthStep = 0.0
  var widthInformation = 0.0
  /// What the next step should be damped by.
  var damping = 0.0
  var columnsMoved: Double { moves.max() ?? 0 }
}

/// One Levenberg-Marquardt step, or the final errors, of the columns of one tile.
struct TileFit {
  let scene: FitScene
  let tile: FitTile
  /// The length in which background coefficients are counted, in pixels.
  let unit: Double

  /// Most times that a step is shortened before the tile stays where it is.
  private static let attempts = 6

  /// The step of Fisher's scoring, damped until it raises the likelihood of the tile's pixels (Levenberg 1944; Marquardt 1963).
  /// - Parameter damping: what to begin with; 0: none.
  func step(damping first: Double) -> TileStep {
    let pixels = TilePixels(of: tile, in: scene)
    let equations = TileEquations(of: tile, pixels: pixels, in: scene, backgroundUnit: unit)
    let likelihood = TileLikelihood(of: scene)
    var result = TileStep()
    result.heldErrors = (0..<tile.ownCount).map { equations.heldAmplitudeError(of: $0) }
    var damping = first
    for attempt in 0..<Self.attempts {
      let trial = self.trial(equations.solution(damping: damping), of: equations)
      let rise = withChange(to: trial, on: pixels) { likelihood.rise(by: $0, on: pixels.rectangle, in: scene) }
      // What a column loses by rounding, far less than the half that one standard error costs, is no reason to stop.
      if rise > -0.01 * Double(tile.columns.count) {
        result.columns = Array(trial.columns[..<tile.ownCount])
        result.moves = Array(trial.moves[..<tile.ownCount])
        result.background = trial.background
        (result.widthStep, result.widthInformation) = (trial.widthStep, trial.widthInformation)
        result.damping = attempt == 0 ? (damping < 1e-3 ? 0 : damping / 10) : damping
        return result
      }
      damping = max(10 * damping, 0.01)
    }
    result.columns = tile.columns[..<tile.ownCount].map { scene.columns[$0] }
    result.moves = [Double](repeating: 0, count: tile.ownCount)
    result.damping = damping
    return result
  }

  /// All of the tile's columns, and what they share, after a step.
  private struct Trial {
    var columns: [GaussianColumn] = []
    var moves: [Double] = []
    var background = SIMD4<Double>.zero
    var widthStep = 0.0
    var widthInformation = 0.0
  }

  /// Applies a solution within the bounds of the fit.
  private func trial(_ solution: TileSolution, of equations: TileEquations) -> Trial {
    var result = Trial()
    let terms = equations.shared - (scene.shape == .shared ? 1 : 0)
    for t in 0..<terms { result.background[t] = solution.shared[t] }
    if scene.shape == .shared {
      result.widthStep = solution.shared[terms]
      result.widthInformation = max(0, solution.information[equations.shared * equations.shared - 1])
    }
    for (k, index) in tile.columns.enumerated() {
      var column = scene.columns[index]
      result.moves.append(
        advance(&column, from: scene.starts[index], by: equations.plain(solution.columns, column: k)))
      if scene.shape == .shared { column.setSigma(scene.sharedSigma(column.sigma, step: result.widthStep)) }
      result.columns.append(column)
    }
    return result
  }

  /// Calls `body` with the new model minus the old one on the tile's pixels.
  private func withChange<Result>(
    to trial: Trial, on pixels: TilePixels, _ body: (UnsafePointer<Float>) -> Result
  ) -> Result {
    let count = pixels.width * pixels.height
    return withUnsafeTemporaryAllocation(of: Float.self, capacity: count + 4) { buffer in
      let change = buffer.baseAddress!
      for row in 0..<pixels.height {
        let fromCentre = Point(Double(pixels.x), Double(pixels.y + row)) - tile.centre
        let slope = Float(trial.background[1] / unit)
        var value = Float(
          trial.background[0] + (trial.background[1] * fromCentre.x + trial.background[2] * fromCentre.y) / unit)
        for i in 0..<pixels.width {
          (change + row * pixels.width + i).initialize(to: value)
          value += slope
        }
      }
      (change + count).initialize(repeating: 0, count: 4)
      let origin = Point(Double(pixels.x), Double(pixels.y))
      for (index, new) in zip(tile.columns, trial.columns) {
        let old = scene.columns[index]
        // Both on the old window: pixels that a window gains or loses as it moves say nothing about the step.
        for (column, sign) in [(old, -1.0), (new, 1.0)] {
          GaussianWindow(
            centre: column.centre - origin, middle: old.centre - origin, shape: (column.p, column.q, column.r),
            reach: old.reach(scene.windowRadius), rasterWidth: pixels.width, rasterHeight: pixels.height,
            scratch: pixels.scratch)?
            .add(sign * column.amplitude, to: change, stride: pixels.width)
        }
      }
      return body(change)
    }
  }

  /// Applies a step within bounds; returns how far the centre moved.
  private func advance(_ column: inout GaussianColumn, from start: Point, by change: [Double]) -> Double {
    let sigma = column.sigma
    let limit = 0.5 * sigma
    guard change.allSatisfy(\.isFinite) else { return 0 }
    let before = column.centre
    column.centre += Point(max(-limit, min(limit, change[1])), max(-limit, min(limit, change[2])))
    // A column that leaves its own peak has lost it: it stays at the rim and the finder judges it by its amplitude.
    let offset = column.centre - start
    let leash = FitBounds.leash * sigma
    if offset.length > leash { column.centre = start + offset * (leash / offset.length) }
    let old = column.amplitude
    column.amplitude = min(
      max(old + change[0], 0.05 * old), min(scene.largestAmplitude, 5 * old + scene.typicalAmplitude))
    if !scene.isCut(column) {
      switch scene.shape {
      case .shared: break
      case .round:
        let inverse = min(max(column.p + change[3], 0.5 * column.p), 2 * column.p)
        (column.p, column.q, column.r) = (inverse, 0, inverse)
      case .elliptical:
        let bound = 0.5 * max(column.p, column.r)
        column.p += max(-bound, min(bound, change[3]))
        column.q += max(-bound, min(bound, change[4]))
        column.r += max(-bound, min(bound, change[5]))
      }
      column.clampWidths(scene.widths)
    }
    return (column.centre - before).length
  }
}

/// How far a fit may go.
enum FitBounds {
  /// From where a column began, in standard deviations.
  static let leash = 1.5
  /// The width, in units of the first guess.
  static let widths = 0.4...2.2
}
