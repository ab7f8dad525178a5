import TesseraFigures
import TesseraLearning

/// The answer of an analysis in words: what a colleague asks first.
package struct ReportHeadline: Sendable {
  /// Columns that were seen, and lattice nodes where none is.
  package var columnCount: Int
  package var vacantCount: Int
  /// Columns that hold less than their sublattice, among `columnCount`, and the range of 95 % for their number.
  package var partialCount = 0
  package var partialRange: ClosedRange<Int>?
  /// The columns of which it is known whether they do; nil where that is not stated.
  package var judgedCount: Int?
  /// In how many patterns of local symmetry they stand; 1 where the image is one.
  package var patternCount = 1
  /// Nil where no classes were sought or found.
  package var classes: Classes?
  /// Whether the motifs are of separate kinds; nil where unknown.
  package var isDiscrete: Bool?

  package init(columnCount: Int, vacantCount: Int, classes: Classes?, isDiscrete: Bool?) {
    (self.columnCount, self.vacantCount) = (columnCount, vacantCount)
    (self.classes, self.isDiscrete) = (classes, isDiscrete)
  }

  /// One sentence.
  package var sentence: String {
    guard columnCount > 0 else { return "No atom columns were found." }
    let columns =
      "\(Number.count(columnCount)) column\(columnCount == 1 ? "" : "s")"
      + (patternCount > 1 ? " in \(patternCount) patterns of unlike symmetry" : "")
    let judged =
      judgedCount.flatMap { $0 < columnCount ? "of the \(Number.count($0)) whose filling is known " : nil }
      ?? "column\(partialCount == 1 ? "" : "s") "
    let nodes = [
      vacantCount == 0 ? nil : "\(Number.count(vacantCount)) lattice node\(vacantCount == 1 ? " is" : "s are") vacant",
      partialCount == 0
        ? nil
        : "\(Number.count(partialCount)) \(judged)\(partialCount == 1 ? "holds" : "hold") less than \(partialCount == 1 ? "its" : "their") sublattice"
          + (partialRange.map { $0.count > 1 ? " (95 % range \($0.lowerBound) to \($0.upperBound))" : "" } ?? ""),
    ].compactMap { $0 }
    let vacancies = nodes.isEmpty ? "" : "; " + nodes.joined(separator: ", and ")
    guard let classes, classes.count > 0 else { return "\(columns) were located\(vacancies)." }
    if isDiscrete == false {
      return "\(columns) whose surroundings change continuously: they form no separate motifs\(vacancies)."
    }
    guard classes.count > 1 else { return "\(columns), all of one motif\(vacancies)." }
    let rare = classes.rare.count
    let rarity = rare == 0 ? "" : ", \(rare) of them rare"
    return "\(columns) form \(classes.count) motifs\(rarity)\(vacancies)."
  }

  /// The motifs by name: the common ones, then the rare ones with their numbers; empty without discrete motifs.
  package var details: String {
    guard let classes, classes.count > 1, isDiscrete != false else { return "" }
    let (sizes, shares) = (classes.sizes, classes.shares)
    let rare = classes.rare
    func phrase(_ label: Int) -> String {
      "\(classes.names[label - 1]) (\(Number.count(sizes[label - 1])); \(Number.percent(shares[label - 1])))"
    }
    let common = (1...classes.count).filter { !rare.contains($0) }
    var sentences: [String] = []
    if !common.isEmpty { sentences.append("Most sites are \(Self.list(common.map(phrase))).") }
    if !rare.isEmpty {
      let shown = rare.prefix(5).map(phrase)
      let rest = rare.count > 5 ? ["\(rare.count - 5) more"] : []
      sentences.append("Rare: \(Self.list(shown + rest)).")
    }
    return sentences.joined(separator: " ")
  }

  /// "a", "a and b", "a, b and c".
  static func list(_ items: [String]) -> String {
    guard let last = items.last, items.count > 1 else { return items.first ?? "" }
    return items.dropLast().joined(separator: ", ") + " and " + last
  }
}
