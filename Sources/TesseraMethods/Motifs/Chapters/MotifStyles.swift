import TesseraFigures
import TesseraLearning

extension Classes {
  /// How each class looks in all figures of a report.
  package var styles: [ClassStyle] {
    let sizes = sizes
    return names.indices.map { index in
      ClassStyle.styles(names: [names[index]], counts: [sizes[index]], after: looks?[index] ?? index)[0]
    }
  }

  /// Legend entries for the classes that differ in colour, the first 48.
  package var legend: [ClassStyle] { Array(styles.prefix(ClassStyle.colorCount)) }

  /// The share of each class among the samples that have one, 0 ... 1.
  package var shares: [Double] {
    let sizes = sizes
    let total = Double(max(1, sizes.reduce(0, +)))
    return sizes.map { Double($0) / total }
  }

  /// Mean confidence of each class' members, 0 ... 1; NaN of an empty class.
  package var meanConfidences: [Double] {
    var sums = [Double](repeating: 0, count: count)
    for (label, confidence) in zip(labels, confidence) where label > 0 { sums[label - 1] += confidence }
    return zip(sums, sizes).map { $0 / Double($1) }
  }

  /// Classes that hold less than a tenth of the samples, largest first: what a person would overlook.
  package var rare: [Int] {
    let (shares, sizes) = (shares, sizes)
    return (1...max(1, count)).filter { $0 <= count && sizes[$0 - 1] > 0 && shares[$0 - 1] < 0.1 }
  }
}
