import Foundation
import TesseraNumerics
import TesseraStructure

/// Whether the columns of a crystal are of kinds of unlike brightness, as those of different elements: one step per atom does not hold for both.
///
/// Each column is held against the columns of another sublattice around it, so that thickness may change over the field.
struct UnlikeSublattices {
  /// How many columns each cell of the largest crystal has.
  let columnsPerCell: Int
  /// How many times as bright as the columns of another sublattice around them those of one are, of the two that differ most; above 1.
  let ratio: Double

  /// Columns of the other sublattice that one is held against.
  private static let witnesses = 4
  /// Smaller sublattices show no brightness of their own.
  private static let fewestMembers = 20
  /// Sublattices that differ by less than this factor may be the same element, seen with another background.
  private static let leastRatio = 1.1
  /// A median of ratios that are no more than scatter is farther from 1 than so many standard errors once in a million cases.
  private static let leastErrors = 5.0
  /// A median has this many times the error of a mean.
  private static let medianError = 1.25

  /// Nil where the columns share no lattice, or its sublattices are alike.
  /// - Parameters:
  ///   - sites: with their intensities; NaN where unknown.
  ///   - width: of the image, in pixels.
  ///   - height: of the image, in pixels.
  init?(of sites: Sites, width: Int, height: Int) {
    guard
      let grain = GrainFinder().crystals(
        of: sites.positions, heights: sites.sites.map(\.amplitude), width: width, height: height)?.grains.first
    else { return nil }
    var members: [Int: [Int]] = [:]
    for site in grain.sites where sites[site].intensity > 0 {
      if let node = grain.lattice.nodes[site] { members[node.basis, default: []].append(site) }
    }
    let large = members.filter { $0.value.count >= Self.fewestMembers }.sorted { $0.key < $1.key }.map(\.value)
    var largest = 1.0
    for one in large {
      for other in large where other != one {
        let ratios = Self.logarithms(of: one, against: other, in: sites)
        let (middle, scatter) = (Statistics.median(ratios), Statistics.robustDeviation(ratios))
        guard middle > Self.leastErrors * Self.medianError * scatter / Double(ratios.count).squareRoot() else {
          continue
        }
        largest = max(largest, exp(middle))
      }
    }
    guard largest > Self.leastRatio else { return nil }
    (columnsPerCell, ratio) = (grain.lattice.basis.count, largest)
  }

  /// For each column the logarithm of its intensity over the mean of the nearest ones of another sublattice.
  private static func logarithms(of columns: [Int], against others: [Int], in sites: Sites) -> [Double] {
    let index = PlanarIndex(others.map { sites[$0].position })
    return columns.map { column in
      let near = index.nearest(witnesses, to: sites[column].position).map { sites[others[$0]].intensity }
      return log(sites[column].intensity / Statistics.mean(near))
    }
  }

  /// What that means for the numbers.
  var sentence: String {
    "the crystal has \(columnsPerCell) columns per cell, of kinds of which one is \(Text.fixed(ratio, 1)) times as bright as another, as those of "
      + "different elements are: one step per atom does not hold for both. Count the columns of one kind, as \(setting("sites"))"
  }
}
