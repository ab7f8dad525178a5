extension MethodsParagraph {
  /// The paragraph with what was done to the classes afterwards, as the recipe lists it.
  public func adding(_ actions: [TreeAction]) -> MethodsParagraph {
    guard !actions.isEmpty else { return self }
    let list = actions.map(\.sentence).joined(separator: "; ")
    return MethodsParagraph(
      sentences + [
        .init("The classes were then revised, in this order: \(list).", citing: [References.activeLearning])
      ])
  }
}
