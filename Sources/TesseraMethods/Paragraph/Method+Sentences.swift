import TesseraStructure

extension Method {
  /// The name of the method and what was chosen, for methods that say no more.
  public static func methodSentences(_ facts: MethodFacts) -> [MethodsParagraph.Sentence] {
    let list = facts.parameters.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value.value)" }
    return [
      .init(
        list.isEmpty ? "All settings had their defaults." : "Parameters: \(list.joined(separator: "; ")).",
        citing: references)
    ]
  }
}

extension MotifMethod {
  /// Columns, lattice, features, layout, classes and strain, in the order of the stages.
  public static func methodSentences(_ facts: MethodFacts) -> [MethodsParagraph.Sentence] {
    var list = columnSentences(facts)
    if let lattice = facts.value("lattice"), lattice != "none" {
      list.append(.init("The columns share a lattice with the vectors \(lattice)."))
    }
    if let vacant = facts.value("vacant nodes") {
      list.append(
        .init(
          "Nodes of the lattice at which the pixels show no column while their neighbours are filled were counted as vacant "
            + "(\(vacant))."))
    }
    if let side = facts.value("patch size"), let order = facts.value("Zernike order") {
      let form =
        facts.value("features") == "invariant"
        ? "in a form that does not change when a motif is turned" : "with their phases, so that turned motifs differ"
      list.append(
        .init(
          "The surroundings of each site, a disc of \(side) across, were described by Zernike moments up to order \(order), \(form).",
          citing: [References.motifs]))
    }
    if let classes = facts.value("classes") {
      let reason = facts.parameters["classes"]?.reason ?? ""
      let number =
        reason == "given"
        ? "\(classes) classes, a number that was given" : classes == "1" ? "one class" : "\(classes) classes"
      list.append(
        .init(
          "The moments were laid out in the plane by a force-relaxed graph of their nearest neighbours and sorted into \(number).",
          citing: [References.activeLearning, References.motifs]))
    }
    if let strain = facts.parameters["strain"], strain.value != "none" {
      list.append(.init("Strain was measured \(strain.reason) (\(strain.value))."))
    }
    return list
  }

  /// How columns were found; the same words wherever columns are found.
  static func columnSentences(_ facts: MethodFacts) -> [MethodsParagraph.Sentence] {
    let scale = facts.value("scale").map { " (scale \($0))" } ?? ""
    let fit = "and fitted together by Gaussians on their background"
    let method = facts.value("method")
    switch method {
    case "given positions":
      return [
        .init(
          "Positions of atomic columns were given \(fit); none was added to them or taken from them, and those whose centres the fit puts "
            + "outside the image are not counted as columns.")
      ]
    case ColumnFinder.Route.network.rawValue:
      let network = facts.value("network").map { ", \($0)," } ?? ""
      return [
        .init(
          "Atomic columns were proposed by a network\(network) kept where the pixels support them, \(fit).",
          citing: [References.network])
      ]
    case ColumnFinder.Route.symmetry.rawValue:
      return [
        .init(
          "Sites were found as maxima of a map of rotational symmetry\(scale); where a column stands, the column was fitted.",
          citing: [References.motifs])
      ]
    case ColumnFinder.Route.atoms.rawValue:
      return [.init("Single atoms were found where the image rises above its noise and its texture\(scale) \(fit).")]
    case ColumnFinder.Route.svd.rawValue:
      return [
        .init(
          "After denoising of patches by singular values, atomic columns were found as maxima in scale space\(scale) \(fit).",
          citing: [References.motifs])
      ]
    case nil: return []
    default:
      return [
        .init(
          "Atomic columns were found as maxima in scale space\(scale) \(fit).", citing: [References.activeLearning])
      ]
    }
  }
}

extension StrainMethod {
  /// The route, the reference, the axes and the resolution.
  public static func methodSentences(_ facts: MethodFacts) -> [MethodsParagraph.Sentence] {
    var list: [MethodsParagraph.Sentence] = []
    let vectors = facts.value("Bragg vectors").map { " (\($0))" } ?? ""
    let mask = facts.value("mask").map { ", mask \($0)" } ?? ""
    switch facts.value("method") {
    case "gpa":
      list.append(
        .init(
          "Strain was measured by geometric phase analysis of two reflections\(vectors)\(mask).",
          citing: [references[0]]))
    case "both":
      list.append(
        .init(
          "Strain was measured from the positions of the columns and, for comparison, by geometric phase analysis of two reflections\(vectors)\(mask).",
          citing: references))
    default: list.append(.init("Strain was measured from the positions of the columns.", citing: [references[1]]))
    }
    if let lattice = facts.value("lattice"), lattice != "none" {
      list.append(.init("The columns share a lattice with the vectors \(lattice)."))
    }
    if let reference = facts.parameters["reference"] {
      list.append(.init("The reference is \(reference.reason): \(reference.value)."))
    }
    let rest = [facts.value("axes"), facts.value("resolution").map { "resolution \($0)" }].compactMap { $0 }
    if !rest.isEmpty { list.append(.init("Components are given with \(rest.joined(separator: "; ")).")) }
    return list
  }
}

extension SegmentMethod {
  /// The descriptors, their scales and the patterns.
  public static func methodSentences(_ facts: MethodFacts) -> [MethodsParagraph.Sentence] {
    let scales = ["patch size", "window", "stride"].compactMap { name in facts.value(name).map { "\(name) \($0)" } }
    var list: [MethodsParagraph.Sentence] = [
      .init(
        "The image was divided by local symmetry descriptors"
          + (scales.isEmpty
            ? "."
            : " (\(scales.joined(separator: ", "))\(facts.value("operations").map { ", the best \($0) operations" } ?? ""))."),
        citing: references)
    ]
    if let patterns = facts.parameters["patterns"] {
      list.append(.init("Patterns: \(patterns.value), \(patterns.reason)."))
    }
    return list
  }
}

extension ParticleMethod {
  /// Where outlines and classes come from.
  public static func methodSentences(_ facts: MethodFacts) -> [MethodsParagraph.Sentence] {
    var list: [MethodsParagraph.Sentence] = []
    if let mask = facts.parameters["mask"] {
      let threshold = facts.value("threshold").map { ", threshold \($0)" } ?? ""
      list.append(
        .init("Nanoparticles were outlined by \(mask.reason) (\(mask.value)\(threshold)).", citing: references))
    }
    if let classes = facts.parameters["classes"] {
      list.append(
        .init("What is seen of each particle was told by \(classes.reason) (\(classes.value)).", citing: references))
    }
    return list
  }
}

extension MoireMethod {
  /// How twist and stackings are measured.
  public static func methodSentences(_ facts: MethodFacts) -> [MethodsParagraph.Sentence] {
    [
      .init(
        "The lattices of two hexagonal layers were fitted to the image, and twist, heterostrain, moire vectors and stackings follow "
          + "from the difference of their waves."),
      .init("Domains of one stacking were compared by the motifs of their columns.", citing: references),
    ]
  }
}
