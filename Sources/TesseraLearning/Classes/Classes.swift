/// A label for each sample, and what is known of each label.
public struct Classes: Sendable, Codable, Equatable {
  /// One label per sample: 1 ... `count`, numbered by falling size; 0 for a sample without class.
  public var labels: [Int]
  /// How sure each label is, 0 ... 1.
  public var confidence: [Double]
  /// Names of the classes 1, 2, ...; `names[label - 1]`.
  public var names: [String]
  /// Which of all colours and markers each class has, from 0, as `names`; nil: those of its number.
  package var looks: [Int]?

  /// The number of classes.
  public var count: Int { names.count }

  /// Renumbers arbitrary labels by falling size (ties: the first seen first); negative labels become 0.
  public init(grouping raw: [Int], confidence: [Double]? = nil) {
    var sizes: [Int: (size: Int, first: Int)] = [:]
    for (index, label) in raw.enumerated() where label >= 0 {
      sizes[label, default: (0, index)].size += 1
    }
    let order = sizes.sorted { ($0.value.size, -$0.value.first) > ($1.value.size, -$1.value.first) }.map(\.key)
    let rank = Dictionary(uniqueKeysWithValues: order.enumerated().map { ($1, $0 + 1) })
    labels = raw.map { rank[$0] ?? 0 }
    self.confidence = confidence ?? raw.map { $0 >= 0 ? 1 : 0 }
    names = order.indices.map { "motif \($0 + 1)" }
  }

  /// Indices of the samples of one class.
  public func members(of label: Int) -> [Int] { labels.indices.filter { labels[$0] == label } }

  /// The number of samples of the classes 1, 2, ...
  public var sizes: [Int] {
    var result = [Int](repeating: 0, count: count)
    for label in labels where label > 0 { result[label - 1] += 1 }
    return result
  }
}
