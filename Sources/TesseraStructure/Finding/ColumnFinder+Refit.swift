import TesseraFitting
import TesseraImaging
import TesseraNumerics

extension ColumnFinder {
  /// A foretold column that the fit carries farther than this part of the spacing, or makes wider than this many times the others, is not
  /// determined by the pixels.
  private static let (farthest, widest) = (0.15, 1.6)

  /// Fits all columns again together with some at foretold places: nodes of a lattice at which the pixels show a column that is too
  /// faint beside its neighbours to be found alone. Left out of the fit, such a column pulls its neighbours by up to half a pixel.
  ///
  /// The order stays, and the new columns come last. Those that the pixels do not determine keep their foretold place; their positions
  /// count as unknown.
  /// - Parameters:
  ///   - found: the columns so far.
  ///   - columns: at the foretold places, with heights that were measured there.
  ///   - heightErrors: standard errors of these heights.
  ///   - prepared: the image that `found` is of.
  public func refitted(
    _ found: Found, adding columns: [Site], heightErrors: [Double], in prepared: Preparation.Prepared
  ) -> Found {
    let noise = NoiseModel(of: prepared.image, measured: prepared.isMeasured)
    let widths = found.sites.sites.map { ($0.sigmaMajor * $0.sigmaMinor).squareRoot() }
    let sigma = Statistics.median(widths)
    let spacing = PlanarIndex(found.sites.positions).medianSpacing ?? Self.loneSpacing * found.scale

    func joint(_ added: [Site]) -> Found {
      // Columns outside the image reach into it with their tails.
      let seeds = (found.sites.sites + added + found.outside.sites).map {
        GaussianColumn(
          amplitude: $0.amplitude, centre: $0.position, sigma: ($0.sigmaMajor * $0.sigmaMinor).squareRoot())
      }
      let outcome = fitted(
        seeds, in: prepared, noise: noise, sigma: sigma, spacing: spacing, shape: found.shape, isLast: true)
      let count = found.sites.count + added.count
      let (inside, outside) = (outcome.selecting(Array(0..<count)), outcome.selecting(Array(count..<seeds.count)))
      var refitted = found
      (refitted.sites, refitted.accuracies, refitted.outside) = (inside.sites, inside.accuracies, outside.sites)
      (refitted.background, refitted.residual) = (outcome.background, outcome.residual)
      (refitted.constantVariance, refitted.gain) = (outcome.constantVariance, outcome.gain)
      refitted.noiseCorrelation = outcome.noiseCorrelation
      return refitted
    }

    var result = joint(columns)
    let fits = result.sites.sites.suffix(columns.count)
    let isDetermined = zip(columns, fits).map { foretold, fit in
      fit.amplitude > 0 && (fit.position - foretold.position).length <= Self.farthest * spacing
        && max(fit.sigmaMajor, fit.sigmaMinor) <= Self.widest * sigma
    }
    guard isDetermined.contains(false) else { return result }
    let sure = columns.indices.filter { isDetermined[$0] }
    result = sure.isEmpty ? found : joint(sure.map { columns[$0] })
    let unsure = columns.indices.filter { !isDetermined[$0] }
    result.add(unsure.map { columns[$0] }, heightErrors: unsure.map { heightErrors[$0] })
    return result
  }
}
