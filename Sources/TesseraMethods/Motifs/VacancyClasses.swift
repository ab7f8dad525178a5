import TesseraLearning
import TesseraStructure

/// Classes in which vacant nodes are of kinds of their own.
///
/// The patch of an empty node shows its neighbours above all. Where the column that is missing is faint, the features of the node are
/// those of a full one, and the layout puts both together; the pixels at the node have told them apart (`VacancyEvidence`).
struct VacancyClasses {
  /// The classes, by falling size.
  private(set) var classes: Classes

  /// - Parameters:
  ///   - classes: of the sites by their features.
  ///   - sites: columns, then vacant nodes.
  ///   - occupancies: of these; says how sure it is that a node is vacant. May be empty.
  ///   - sublattices: a number for the sublattice of each site: vacant nodes of one are of one kind.
  init(of classes: Classes, sites: Sites, occupancies: [NodeOccupancy?], sublattices: [Int]) {
    self.classes = classes
    var counts = [(vacant: Int, all: Int)](repeating: (0, 0), count: classes.count + 1)
    for (site, label) in classes.labels.enumerated() {
      counts[label].all += 1
      if sites[site].kind == .vacant { counts[label].vacant += 1 }
    }
    let isEmpty = counts.map { 2 * $0.vacant > $0.all }
    /// Classes of vacant nodes by their sublattice: those that the features have found, or new ones.
    var classOf: [Int: Int] = [:]
    for (site, label) in classes.labels.enumerated() where label > 0 && isEmpty[label] && sites[site].kind == .vacant {
      classOf[sublattices[site]] = classOf[sublattices[site]] ?? label
    }
    var (raw, confidence) = (classes.labels.map { $0 - 1 }, classes.confidence)
    var (next, hasMoved) = (classes.count, false)
    for (site, label) in classes.labels.enumerated() where label > 0 && !isEmpty[label] && sites[site].kind == .vacant {
      let known = classOf[sublattices[site]] ?? next + 1
      if classOf[sublattices[site]] == nil {
        classOf[sublattices[site]] = known
        next += 1
      }
      raw[site] = known - 1
      confidence[site] = (site < occupancies.count ? occupancies[site]?.probability : nil) ?? 0.5
      hasMoved = true
    }
    if hasMoved { self.classes = Classes(grouping: raw, confidence: confidence) }
  }
}
