/// A group or a dataset with its attributes.
package struct HDF5Node: Sendable {
  package var name: String
  /// From the root, beginning with a slash.
  package var path: String
  package var attributes: [MetadataTree.Entry]
  package var children: [HDF5Node] = []
  /// Of a dataset of numbers.
  package var array: HDF5Array?
  /// Of a dataset of texts.
  package var text: String?
  /// Of a dataset or link that gives no array: why not.
  package var problem: HDF5Problem?

  init(
    name: String, path: String, attributes: [MetadataTree.Entry] = [], problem: HDF5Problem? = nil
  ) {
    (self.name, self.path, self.attributes, self.problem) = (name, path, attributes, problem)
  }

  package func attribute(_ name: String) -> MetadataTree? { attributes.first { $0.name == name }?.value }
  package func child(_ name: String) -> HDF5Node? { children.first { $0.name == name } }

  /// The node and all below it, each before its children.
  package var all: [HDF5Node] { [self] + children.flatMap(\.all) }

  /// For `info --all`: attributes, then what lies below; arrays by shape and type.
  package var metadata: MetadataTree {
    if let text { return .text(text) }
    if let array, attributes.isEmpty { return .text(array.summary) }
    if let problem, attributes.isEmpty, children.isEmpty { return .text(problem.fact) }
    let own = array.map { [MetadataTree.Entry("array", .text($0.summary))] } ?? []
    return .group(own + attributes + children.map { .init($0.name, $0.metadata) })
  }
}

/// Why a part of an HDF5 file gives no array of numbers.
package struct HDF5Problem: Sendable, Equatable {
  /// With the path: `/scan holds texts`.
  package var fact: String
  /// Whether it has, or may have, numbers that somebody misses.
  package var holdsNumbers = true
}
