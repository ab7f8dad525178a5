import TesseraStructure

/// `summary.json` of a result whose classes have changed: the first one, with the counts and the current classes.
struct TreeSummary {
  let first: JSONValue
  let structure: TreeStructure
  let hierarchy: Hierarchy?
  /// Number of the actions that led here.
  let actionCount: Int
  /// Number of sites with a patch that fit none of the classes.
  let unknownCount: Int

  var document: JSONValue {
    var values = first.members
    var counts = values["counts"]?.members ?? [:]
    counts["classified"] = .integer(structure.labels.count { $0 > 0 })
    counts["unknown"] = .integer(unknownCount)
    counts["classes"] = .integer(structure.leaves.count)
    counts["cells"] = .integer(structure.cells?.cells.count ?? 0)
    counts["cell_types"] = .integer(structure.cells?.types.count ?? 0)
    counts["hierarchy_nodes"] = .integer(hierarchy?.nodes.count ?? 0)
    values["counts"] = .object(counts)
    values["classes"] = .list(structure.leaves.map(Self.document))
    values["class_actions"] = .integer(actionCount)
    return .object(values)
  }

  private static func document(of leaf: TreeStructure.Leaf) -> JSONValue {
    let own = leaf.count
    return .object([
      "class": Int(leaf.number).map(JSONValue.integer) ?? .text(leaf.number), "name": .text(leaf.name),
      "count": .integer(own.count), "fraction": .number(own.fraction), "confidence": .number(own.confidence),
      "count_low": .integer(own.interval.lowerBound), "count_high": .integer(own.interval.upperBound),
    ])
  }
}
