import Foundation
import TesseraNumerics

/// Maxima of a disordered support beside the columns of a crystal on it: faint, among faint ones only, and in no order.
///
/// Thin parts of a specimen are as faint, yet they go on with the lattice, and sulphur has molybdenum beside it: only maxima
/// that fail both tests are texture. Order is local and asks for no lattice: of the neighbours of a site in a crystal most
/// have another one opposite (half of the six nearest in a honeycomb), of maxima of noise one in ten. Where there is
/// texture, faint maxima that its removal leaves without neighbours belong to it too.
package struct SupportTexture {
  /// Around texture, no height reaches this share of the strong heights of the image.
  package var faintness = 0.25
  /// Share of neighbours with another one opposite, below which a region has no order.
  package var leastOrder = 0.3
  /// A faint maximum beside texture stays with as many neighbours within 1.6 spacings.
  package var leastCompany = 2
  /// How many neighbours a region has, and how many of them are asked for one opposite.
  private let region = 24
  private let shell = 6

  package init() {}

  /// Which maxima are texture, and the height below which they were suspected: zero where there is no texture.
  package struct Separation {
    package var isTexture: [Bool]
    package var limit: Double
  }

  /// Tells maxima at these places from their heights, from the strong heights around each (`ColumnFinder.localStrength`), and
  /// from the size of the image in pixels.
  package func separation(
    of places: [Point], heights: [Double], strengths: [Double], width: Int, height: Int
  ) -> Separation {
    let none = Separation(isTexture: places.map { _ in false }, limit: 0)
    guard let strongest = strengths.max(), strongest > 0 else { return none }
    let usual = Statistics.quantile(strengths, 0.9)
    let limit =
      faintness
      * max(usual, strengthOfFew(places, strengths, above: usual / faintness, width: width, height: height) ?? 0)
    let isFaint = strengths.map { $0 < limit }
    guard isFaint.contains(true) else { return none }
    let index = PlanarIndex(places)
    let regions = concurrentMap(count: places.count) { index.nearest(region + 1, to: places[$0]) }
    let shares = concurrentMap(count: places.count) { k -> Double? in
      oppositeShare(of: k, in: index, near: regions[k], width: width, height: height)
    }
    var isTexture = places.indices.map { k in
      guard isFaint[k] else { return false }
      let known = regions[k].compactMap { shares[$0] }
      return !known.isEmpty && Statistics.mean(known) < leastOrder
    }
    guard isTexture.count(where: { $0 }) > region else { return none }
    var kept = places.indices.filter { !isTexture[$0] }
    while true {
      let others = PlanarIndex(kept.map { places[$0] })
      let reach = 1.6 * Statistics.median(others.nearestDistances())
      let alone = kept.filter {
        heights[$0] < limit && others.neighbours(of: places[$0], within: reach).count < leastCompany + 1
      }
      if alone.isEmpty { return Separation(isTexture: isTexture, limit: limit) }
      for k in alone { isTexture[k] = true }
      kept.removeAll { isTexture[$0] }
    }
  }

  /// The strength of a crystal that holds so few of the maxima that most of the strong ones are noise beside it: those of its sites, if they
  /// are a region's number at least and stand in order, and no bright dirt.
  private func strengthOfFew(
    _ places: [Point], _ strengths: [Double], above least: Double, width: Int, height: Int
  ) -> Double? {
    let few = places.indices.filter { strengths[$0] > least }
    guard few.count > region, order(of: few.map { places[$0] }, width: width, height: height) >= leastOrder else {
      return nil
    }
    return Statistics.median(few.map { strengths[$0] })
  }

  /// Mean share of the nearest neighbours of a site that have another one opposite: about .1 for maxima of noise, .5 and more in
  /// crystals; 0 where nothing can be asked.
  func order(of places: [Point], width: Int, height: Int) -> Double {
    regionalOrder(of: places, width: width, height: height).order
  }

  /// The order of an image as a whole, and around each of its sites.
  struct RegionalOrder {
    /// Mean share of neighbours with another one opposite; 0 where nothing can be asked.
    var order: Double
    /// The same in the surroundings of each site: itself and its 24 nearest.
    var around: [Double]

    /// The share of sites around which the order is so high or higher.
    func share(from least: Double) -> Double {
      around.isEmpty ? 0 : Double(around.count { $0 >= least }) / Double(around.count)
    }
  }

  /// The order of sites at these places in an image of this size in pixels.
  func regionalOrder(of places: [Point], width: Int, height: Int) -> RegionalOrder {
    let index = PlanarIndex(places)
    let regions = concurrentMap(count: places.count) { index.nearest(region + 1, to: places[$0]) }
    let shares = concurrentMap(count: places.count) { k in
      oppositeShare(of: k, in: index, near: regions[k], width: width, height: height)
    }
    func mean(_ values: [Double]) -> Double { values.isEmpty ? 0 : Statistics.mean(values) }
    return RegionalOrder(
      order: mean(shares.compactMap { $0 }), around: regions.map { region in mean(region.compactMap { shares[$0] }) })
  }

  /// The share of a site's nearest neighbours with a site opposite, within a fifth of their distance; nil where the
  /// places opposite lie outside the image.
  private func oppositeShare(of site: Int, in index: PlanarIndex, near: [Int], width: Int, height: Int) -> Double? {
    let centre = index.points[site]
    var (asked, met) = (0, 0)
    for neighbour in near.filter({ $0 != site }).prefix(shell) {
      let offset = index.points[neighbour] - centre
      let place = centre - offset
      guard place.x >= 0, place.y >= 0, place.x <= Double(width - 1), place.y <= Double(height - 1) else { continue }
      asked += 1
      if !index.neighbours(of: place, within: 0.2 * offset.length).isEmpty { met += 1 }
    }
    return asked == 0 ? nil : Double(met) / Double(asked)
  }
}
