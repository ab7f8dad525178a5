/// A group or a dataset with its attributes.
struct HDF5Node: Sendable {
  var name: String
  /// From the root, beginning with a slash.
  var path: String
  var attributes: [MetadataTree.Entry]
  var children: [HDF5Node] = []
  /// Of a dataset of numbers.
  var array: HDF5Array?
  /// Of a dataset of texts.
  var text: String?

  func attribute(_ name: String) -> MetadataTree? { attributes.first { $0.name == name }?.value }
  func child(_ name: String) -> HDF5Node? { children.first { $0.name == name } }

  /// The node and all below it, each before its children.
  var all: [HDF5Node] { [self] + children.flatMap(\.all) }

  /// For `info --all`: attributes, then what lies below; arrays by shape and type.
  var metadata: MetadataTree {
    if let text { return .text(text) }
    if let array, attributes.isEmpty { return .text(array.summary) }
    let own = array.map { [MetadataTree.Entry("array", .text($0.summary))] } ?? []
    return .group(own + attributes + children.map { .init($0.name, $0.metadata) })
  }
}
