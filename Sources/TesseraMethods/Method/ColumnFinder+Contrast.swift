import Foundation
import TesseraFitting
import TesseraImaging
import TesseraNumerics
import TesseraStructure

/// Bright or dark columns, where the distribution of the values does not tell.
extension ColumnFinder {
  /// The columns of the image as it is or inverted, whichever account explains the image better; the image is left as that has it.
  ///
  /// The dark columns of a honeycomb leave bright spots between them, in the middle of each ring, that make a lattice, too; but Gaussians there fit the
  /// image less well. Accounts are compared by n ln σ + k (Akaike, IEEE Trans. Autom. Control 19 (1974) 716): σ is the standard deviation of the
  /// residual, n the number of measured pixels whose noise is independent, and k that of fitted numbers.
  func withContrast(
    of prepared: inout Preparation.Prepared, finding find: (inout Preparation.Prepared) throws -> Found
  ) throws -> Found {
    // Lines that are shifted against one another leave flanks of columns over, whatever the account.
    guard prepared.isContrastOpen, route != .network, !LineShifts(of: prepared.image).areSeen else {
      return try find(&prepared)
    }
    var other = prepared
    other.invert(isChosen: true)
    let found = Result { try find(&prepared) }
    // What stops the work stops it; an image that shows nothing the other way is judged by the one.
    if case .failure(let error) = found, !(error is DataError) { throw error }
    let inverted: Found
    do { inverted = try find(&other) } catch is DataError { return try found.get() }
    if case .success(let found) = found,
      found.informationCriterion(in: prepared) <= inverted.informationCriterion(in: other)
    {
      return found
    }
    prepared = other
    return inverted
  }
}

extension ColumnFinder.Found {
  /// n ln σ + k: the smaller, the better the columns explain the image.
  fileprivate func informationCriterion(in prepared: Preparation.Prepared) -> Double {
    var (sum, count) = (0.0, 0.0)
    for (value, isMeasured) in zip(residual.values, prepared.isMeasured.values) where isMeasured && value.isFinite {
      sum += Double(value) * Double(value)
      count += 1
    }
    guard count > 0, sum > 0 else { return -.infinity }
    let numbers =
      switch shape {
      case .shared: 3
      case .round: 4
      case .elliptical: 6
      }
    return count / max(1, noiseCorrelation) * log((sum / count).squareRoot())
      + Double(numbers * (sites.count + outside.count))
  }
}
