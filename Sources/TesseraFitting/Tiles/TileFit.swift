import Foundation
import TesseraImaging
import TesseraNumerics

/// One Levenberg-Marquardt step, or the final errors, of the columns of one tile.
struct TileFit {
  let scene: FitScene
  let tile: FitTile
  /// The length in which background coefficients are counted, in pixels.
  let unit: Double

  /// Change of a column, as a share of its width, height and inverse covariance, up to which an earlier matrix serves.
  private static let lag = 0.05
  /// The same for the errors.
  static let accurateLag = 0.01
  /// The damping that a step begins with if the undamped one fails, and that below which it is left out again.
  static let firstDamping = 0.01
  private static let leastDamping = 1e-3
  /// Log likelihood that a column may lose by rounding: far less than the half that one standard error costs.
  private static let negligibleLoss = 0.01
  /// A step is small where no place moves by more than this share of a width, no height and no inverse covariance by more than this
  /// share of itself, and the background by no more than the second share of a typical column.
  private static let smallStep = 0.2
  private static let smallBackground = 0.02
  /// Most times that a step is shortened before the tile stays where it is.
  private static let attempts = 6

  /// The step of Fisher's scoring, damped until it raises the likelihood of the tile's pixels (Levenberg 1944; Marquardt 1963).
  ///
  /// Where columns have hardly moved since an earlier step, its matrix serves again and only the score is new (the lagged or
  /// "chord" form of Newton's method: Kelley, Iterative Methods for Linear and Nonlinear Equations (1995), 5.4.1): the step
  /// ends where the score is zero, whatever the matrix.
  /// - Parameters:
  ///   - damping: what to begin with; 0: none.
  ///   - earlier: equations of an earlier step of this tile, of the same shape.
  func step(damping first: Double, after earlier: TileEquations? = nil) -> TileStep {
    let pixels = TilePixels(of: tile, in: scene)
    var equations =
      if let earlier, earlier.isNear(tile, in: scene, share: Self.lag) {
        earlier.rescored(for: tile, pixels: pixels, in: scene, backgroundUnit: unit)
      } else {
        TileEquations(of: tile, pixels: pixels, in: scene, backgroundUnit: unit)
      }
    if first == 0 { equations.keepResponses() }
    let likelihood = TileLikelihood(of: scene)
    var result = TileStep()
    result.heldErrors = (0..<tile.ownCount).map { equations.heldAmplitudeError(of: $0) }
    var damping = first
    for attempt in 0..<Self.attempts {
      let solution = equations.solution(damping: damping)
      let trial = self.trial(solution, of: equations)
      // Over a small step the model is all but linear, and the likelihood rises as the equations say.
      let rise =
        trial.isSmall
        ? 0 : withChange(to: trial, on: pixels) { likelihood.rise(by: $0, on: pixels.rectangle, in: scene) }
      if rise > -Self.negligibleLoss * Double(tile.columns.count) {
        result.changes = Array(trial.changes[..<tile.ownCount])
        result.background = trial.background
        if scene.shape == .shared { result.width = widthStep(solution, of: equations) }
        result.equations = equations
        result.damping = attempt == 0 ? (damping < Self.leastDamping ? 0 : damping / 10) : damping
        return result
      }
      damping = max(10 * damping, Self.firstDamping)
    }
    result.changes = [SIMD8<Double>](repeating: .zero, count: tile.ownCount)
    result.width.columns = result.changes
    result.damping = damping
    return result
  }

  /// All of the tile's columns after a step within bounds, and the whole step: of what all tiles share, each may get another.
  private struct Trial {
    var columns: [GaussianColumn] = []
    var changes: [SIMD8<Double>] = []
    var background = SIMD4<Double>.zero
    /// Whether the model is all but linear over the step: `smallStep`, `smallBackground`.
    var isSmall = true
  }

  /// Applies a solution within the bounds of the fit.
  private func trial(_ solution: TileSolution, of equations: TileEquations) -> Trial {
    var result = Trial()
    let sharesWidth = scene.shape == .shared
    let (terms, width) = (equations.unknowns.background, equations.unknowns.width)
    for t in 0..<terms { result.background[t] = solution.shared[t] }
    var sigma = 0.0
    /// By how much the width's bounded step misses the one that the solution asks for; all else follows the width.
    var excess = 0.0
    if sharesWidth, let old = tile.columns.first.map({ scene.columns[$0] }) {
      sigma = scene.sharedSigma(old.sigma, step: solution.shared[width])
      excess = 1 / (sigma * sigma) - old.p - solution.shared[width]
    }
    let background = pointwiseMax(result.background, -result.background).max()
    result.isSmall = background < Self.smallBackground * scene.typicalAmplitude
    for (k, index) in tile.columns.enumerated() {
      let old = scene.columns[index]
      let change = equations.plain(solution.columns, column: k)
      let bounded = sharesWidth ? change + excess * equations.plain(solution.columnsByLast, column: k) : change
      var new = scene.advanced(old, from: scene.starts[index], by: bounded)
      if sharesWidth { new.setSigma(sigma) }
      let shape = max(abs(new.p - old.p), 2 * abs(new.q - old.q), abs(new.r - old.r))
      result.isSmall =
        result.isSmall && (new.centre - old.centre).length < Self.smallStep * old.sigma
        && abs(new.amplitude - old.amplitude) < Self.smallStep * old.amplitude
        && shape < Self.smallStep * min(old.p, old.r)
      result.columns.append(new)
      result.changes.append(change)
    }
    return result
  }

  /// What the tile says about the common width.
  private func widthStep(_ solution: TileSolution, of equations: TileEquations) -> TileStep.WidthStep {
    let last = equations.shared - 1
    var result = TileStep.WidthStep(step: solution.shared[last], information: max(0, solution.lastInformation))
    for t in 0..<last { result.background[t] = solution.sharedByLast[t] }
    result.columns = (0..<tile.ownCount).map { equations.plain(solution.columnsByLast, column: $0) }
    return result
  }

  /// Calls `body` with the new model minus the old one on the tile's pixels.
  private func withChange<Result>(
    to trial: Trial, on pixels: TilePixels, _ body: (UnsafePointer<Float>) -> Result
  ) -> Result {
    let count = pixels.width * pixels.height
    return withUnsafeTemporaryAllocation(of: Float.self, capacity: count + 4) { buffer in
      let change = buffer.baseAddress!
      change.initialize(repeating: 0, count: count + 4)
      let square = pixels.square
      for row in square.y..<square.y + square.height {
        let fromCentre = Point(Double(pixels.x + square.x), Double(pixels.y + row)) - tile.centre
        let slope = Float(trial.background[1] / unit)
        var value = Float(
          trial.background[0]
            + (trial.background[1] * fromCentre.x + trial.background[2] * fromCentre.y) / unit)
        for i in 0..<square.width {
          change[row * pixels.width + square.x + i] = value
          value += slope
        }
      }
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
}
