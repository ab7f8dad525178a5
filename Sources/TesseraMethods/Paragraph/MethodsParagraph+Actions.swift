extension MethodsParagraph {
  /// The paragraph with what was done to the classes afterwards, as the recipe lists it.
  public func adding(_ actions: [TreeAction]) -> MethodsParagraph {
    guard !actions.isEmpty else { return self }
    let list = actions.map(\.methodWords).joined(separator: "; ")
    return MethodsParagraph(
      sentences + [
        .init("The classes were then revised, in this order: \(list).", citing: [References.activeLearning])
      ])
  }
}

extension TreeAction {
  /// What was done, as part of a sentence.
  fileprivate var methodWords: String {
    switch self {
    case .split(let number, let split):
      let how = [
        split.features.map { "\($0.rawValue) features" },
        split.angularOrders.map { "angular orders \($0.map(String.init).joined(separator: ", "))" },
        split.maxOrder.map { "orders up to \($0)" }, split.classes.map { "into \($0) parts" },
      ].compactMap { $0 }
      return "class \(number) split by its moments alone" + (how.isEmpty ? "" : " (\(how.joined(separator: ", ")))")
    case .merge(let numbers): return "classes \(numbers.joined(separator: ", ")) merged"
    case .name(let number, let name): return "class \(number) named \(name)"
    case .lasso(let number, _): return "class \(number) divided by a line drawn on the layout"
    case .label(let labels): return "all sites sorted by \(labels.count) that were labelled by hand"
    case .apply: return "all sites sorted by the classes of another image"
    }
  }
}
