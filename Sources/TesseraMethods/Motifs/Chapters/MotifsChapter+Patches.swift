import TesseraImaging
import TesseraLearning
import TesseraNumerics
import TesseraStructure

extension MotifsChapter {
  /// Averages, moments and examples from the patches themselves.
  ///
  /// - Parameters:
  ///   - classes: of the sites.
  ///   - calibration: size of a pixel, for scale bars; nil: unknown.
  ///   - patches: one per site, in the order of `classes.labels`.
  ///   - moments: of the same patches; nil leaves moments and reconstructions out.
  ///   - layout: one point per site, NaN where a site has no patch; nil: there is none.
  ///   - isDiscrete: whether the motifs are of separate kinds; nil where unknown.
  package init(
    classes: Classes, calibration: Calibration?, patches: Patches, moments: ZernikeMoments?, layout: Layout?,
    isDiscrete: Bool? = nil
  ) {
    precondition(patches.count == classes.labels.count, "every patch needs a label")
    let members = (1...max(1, classes.count)).map { label in
      label <= classes.count ? classes.members(of: label).filter { patches.exists[$0] } : []
    }
    self.init(
      classes: classes, calibration: calibration,
      averages: members.prefix(classes.count).map { meanPatch(of: $0, in: patches) }, layout: layout,
      moments: moments.map { Moments(of: $0, members: Array(members.prefix(classes.count))) }, isDiscrete: isDiscrete)
    guard let moments else { return }
    let basis = ZernikeBasis(side: patches.side, order: moments.order, coversSites: false)
    examples = members.prefix(min(6, classes.count)).enumerated().compactMap { index, candidates in
      // The site in the middle of the class' confidences is neither its best nor its worst.
      let sorted = candidates.sorted { (classes.confidence[$0], $0) < (classes.confidence[$1], $1) }
      guard !sorted.isEmpty, let patch = patches[sorted[sorted.count / 2]] else { return nil }
      let site = sorted[sorted.count / 2]
      // The moments of this very patch: those of the table may have the tails of outer columns taken out.
      let own = basis.moments(ofRows: Matrix(rows: 1, columns: patch.count, values: patch.values))
      let image = zernikeReconstruction(of: own.values, side: patches.side)
      return Example(label: index + 1, site: site, patch: discOnly(patch), reconstruction: discOnly(image))
    }
  }
}

extension MotifsChapter.Moments {
  /// Means and standard deviations over the members of each class.
  init(of moments: ZernikeMoments, members: [[Int]]) {
    let orders = ZernikeTerm.all(order: moments.order).map { (p: $0.p, q: $0.q) }
    var (means, deviations) = ([[Double]](), [[Double]]())
    for sites in members {
      let rows = sites.filter { !moments.values[$0, 0].isNaN }
      let columns = rows.isEmpty ? 0 : moments.values.columns
      let values = (0..<columns).map { column in rows.map { Double(moments.values[$0, column]) } }
      means.append(values.map { Statistics.mean($0) })
      deviations.append(values.map { Statistics.deviation($0) })
    }
    self.init(orders: orders, means: means, deviations: deviations)
  }
}

/// The mean of the patches of some sites, on the disc; of 400 of them, evenly chosen, where there are more. The mean of
/// so many already has a twentieth of one patch's noise, less than a grey level.
package func meanPatch(of sites: [Int], in patches: Patches) -> Raster<Float>? {
  let step = max(1, sites.count / 400)
  let chosen = stride(from: 0, to: sites.count, by: step).map { sites[$0] }
  let found = concurrentMap(count: chosen.count) { patches[chosen[$0]] }.compactMap { $0 }
  guard !found.isEmpty else { return nil }
  var sum = [Float](repeating: 0, count: patches.side * patches.side)
  for patch in found { for index in sum.indices { sum[index] += patch.values[index] } }
  let mean = sum.map { $0 / Float(found.count) }
  return discOnly(Raster(width: patches.side, height: patches.side, values: mean))
}

/// A square patch with NaN outside its inscribed disc.
package func discOnly(_ patch: Raster<Float>) -> Raster<Float> {
  var result = patch
  let middle = Point(Double(patch.width - 1) / 2, Double(patch.height - 1) / 2)
  for y in 0..<patch.height {
    for x in 0..<patch.width where (Point(Double(x), Double(y)) - middle).length > Double(patch.width) / 2 {
      result[x, y] = .nan
    }
  }
  return result
}
