import TesseraNumerics

/// How often nodes of a crystal hold something else than they should. Nodes are independent of one another.
public struct PointDefects: Sendable, Codable, Equatable {
  /// Fraction of the nodes of the vacancy sublattices that lack one atom (0 ... 1).
  public var singleVacancies = 0.0
  /// Fraction of the nodes of the vacancy sublattices that lack every atom (0 ... 1).
  public var fullVacancies = 0.0
  /// Fraction of the nodes of two sublattices that hold the other's atoms (0 ... 1).
  public var antisites = 0.0
  /// Fraction of the nodes of the dopant sublattices whose heaviest atoms are replaced, by the symbol of the new element.
  public var dopants: [String: Double] = [:]

  /// Defects by their fractions, each 0 ... 1 and checked when a specimen is laid out; those left out do not occur.
  public init(
    singleVacancies: Double = 0, fullVacancies: Double = 0, antisites: Double = 0, dopants: [String: Double] = [:]
  ) {
    self.singleVacancies = singleVacancies
    self.fullVacancies = fullVacancies
    self.antisites = antisites
    self.dopants = dopants
  }

  /// The defects of the default MoSe2 specimen: 4 % of the Se columns lack one atom, 1 % both.
  public static let seleniumVacancies = PointDefects(singleVacancies: 0.04, fullVacancies: 0.01)

  /// The defects of WS2 with iron on tungsten and tellurium on sulphur, as in [M22] Fig. 3: S vacancies beside both.
  public static let ironAndTellurium = PointDefects(singleVacancies: 0.02, dopants: ["Fe": 0.012, "Te": 0.012])
}

/// What may sit at a node, and how often.
struct Occupant: Sendable, Equatable {
  var element: String
  var defect: String
  var weight: Double
  var probability: Double
  var isVacant: Bool { weight == 0 }
}

extension PointDefects {
  /// Throws where a defect is asked for that the crystal has no place for.
  func check(in crystal: Crystal) throws(ParameterError) {
    if antisites > 0 && crystal.antisitePair.isEmpty {
      throw ParameterError(
        "\(setting("antisites", "\(antisites)")) does not apply to \(crystal.name), which has no two sublattices that exchange atoms"
      )
    }
    for (symbol, fraction) in dopants.sorted(by: { $0.key < $1.key }) where fraction > 0 {
      guard crystal.dopantSublattices.isEmpty, crystal.singleDopants?[symbol] == nil else { continue }
      throw ParameterError(
        "\(setting("dopants", "\(symbol):\(fraction)")) does not apply to \(crystal.name), which has no atoms that dopants replace"
      )
    }
  }

  /// All occupants of one column of the crystal; the first is the perfect one, and the probabilities add up to 1.
  func occupants(of column: CrystalColumn, in crystal: Crystal) throws(ParameterError) -> [Occupant] {
    var others: [Occupant] = []
    func add(_ atoms: [String], element: String, defect: String, probability: Double) {
      guard probability > 0 else { return }
      let exponent = crystal.exponent ?? 1.7
      let scale = column.weight / columnWeight(of: column.atoms, exponent: exponent)  // 1 for real atoms.
      others.append(
        Occupant(
          element: element, defect: defect, weight: scale * columnWeight(of: atoms, exponent: exponent),
          probability: probability))
    }
    if crystal.vacancySublattices.contains(column.sublattice), let lost = column.atoms.last {
      let total = column.atoms.count
      if total > 1 {
        add(
          Array(column.atoms.dropLast()), element: column.element, defect: "vacancy-\(lost)1",
          probability: singleVacancies)
      }
      add(
        [], element: column.element, defect: "vacancy-\(lost)\(total)",
        probability: fullVacancies + (total > 1 ? 0 : singleVacancies))
    }
    if let own = crystal.antisitePair.firstIndex(of: column.sublattice),
      let partner = crystal.columns.first(where: { $0.sublattice == crystal.antisitePair[1 - own] })
    {
      add(
        partner.atoms, element: partner.element, defect: "antisite-\(partner.species)", probability: antisites)
    }
    for (symbol, fraction) in dopants.sorted(by: { $0.key < $1.key }) {
      try require(Elements.atomicNumber(of: symbol) != nil, "dopant", is: symbol, mustBe: "the symbol of an element")
      var atoms = column.atoms
      if let sublattice = crystal.singleDopants?[symbol] {
        guard sublattice == column.sublattice else { continue }
        atoms[atoms.count - 1] = symbol
      } else {
        guard crystal.dopantSublattices.contains(column.sublattice) else { continue }
        atoms = atoms.map { $0 == column.element ? symbol : $0 }
      }
      add(atoms, element: symbol, defect: "dopant-\(symbol)", probability: fraction)
    }
    let sum = others.reduce(0) { $0 + $1.probability }
    let vacancies = singleVacancies + fullVacancies
    let fractions = [("vacancies", vacancies), ("antisites", antisites)] + dopants.values.map { ("dopants", $0) }
    for (name, value) in fractions {
      try require(value >= 0 && value <= 1, setting(name), is: (value * 1e9).rounded() / 1e9, mustBe: "between 0 and 1")
    }
    try require(
      singleVacancies >= 0 && fullVacancies >= 0, setting("vacancies"), is: "\(singleVacancies), \(fullVacancies)",
      mustBe: "between 0 and 1")
    try require(
      sum <= 1, "the sum of \(setting("vacancies")), \(setting("antisites")) and \(setting("dopants")) of a node",
      is: sum, mustBe: "at most 1")
    return [Occupant(element: column.element, defect: "", weight: column.weight, probability: 1 - sum)] + others
  }
}
