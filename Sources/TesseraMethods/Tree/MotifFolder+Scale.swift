import TesseraStructure

extension MotifFolder {
  /// The scale of the columns that the first run saw, in pixels, from 0.5 to 1000, as `summary.json` states it, with two decimals.
  ///
  /// Nil where the scale is that of no column: a network has none, and a map of rotational symmetry has its own.
  package var columnScale: Double? {
    let parameters = summary["parameters"]
    let others = [ColumnFinder.Route.network, .symmetry].map(\.rawValue)
    guard let method = parameters?["method"]?["value"]?.text, !others.contains(method),
      let scale = parameters?["scale"]?["value"]?.text
    else { return nil }
    return Double(scale.prefix { $0 != " " })
  }
}
