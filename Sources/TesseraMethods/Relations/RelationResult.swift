import Foundation
import TesseraFigures
import TesseraFormats
import TesseraImaging
import TesseraNumerics
import TesseraStructure

/// What `RelationMethod` found.
public struct RelationResult: Sendable {
  let structure: TreeStructure
  /// Of the classes, by number.
  let names: [String: String]
  /// Which classes are defects, and which of them mean the same one.
  public let kinds: DefectKinds
  /// Between defects, tested against random places.
  public let relations: [DefectRelations.Relation]
  /// From defects to columns that they have changed.
  public let carried: [PairRelations.Relation]
  /// What surrounds each class of defect.
  public let shells: [ShellTree]
  /// Of the image; nil where unknown, and lengths are in pixels alone.
  public let calibration: Calibration?
  let settings: RelationMethod

  /// Relations with a smaller false discovery rate are called more than chance.
  public static let largestRate = 0.05

  /// The numbers of the classes of a kind, joined by +; 0 is a place without site.
  public func number(ofKind kind: Int) -> String { classes(of: kind).map { number(of: $0) }.joined(separator: "+") }

  /// The classes of a kind; places without site go unnamed beside a class of vacant sites.
  func classes(of kind: Int) -> [Int] {
    let named = kinds.kinds[kind].classes.filter { $0 > 0 }
    return named.isEmpty ? [0] : named
  }

  func number(of label: Int) -> String { label > 0 ? structure.numbers[label - 1] : "0" }

  /// `relations.csv`.
  var table: Data {
    var table = TableWriter(columns: [
      "centre_class", "other_class", "dx", "dy", "dx_nm", "dy_nm", "count", "expected", "z", "q_value", "share",
    ])
    func add(_ centre: String, _ other: String, _ d: Point, _ count: Int, _ chance: [String], _ share: Double) {
      let nm = calibration?.nanometres(d) ?? Point(.nan, .nan)
      table.add(
        [
          centre, other, TableWriter.number(d.x), TableWriter.number(d.y), TableWriter.number(nm.x, decimals: 6),
          TableWriter.number(nm.y, decimals: 6), String(count),
        ] + chance + [TableWriter.number(share)])
    }
    for relation in relations {
      add(
        number(ofKind: relation.centre), number(ofKind: relation.other), relation.displacement, relation.count,
        [
          TableWriter.number(relation.expected), TableWriter.number(relation.z),
          TableWriter.significant(relation.qValue),
        ], relation.share)
    }
    for relation in carried {
      add(
        number(of: relation.from), number(of: relation.to), relation.displacement, relation.count, ["", "", ""],
        relation.share)
    }
    return table.data
  }

  /// `shells.json`: for each class of defect what its first shell holds and how often, what its second shell holds then.
  struct ShellDocument: Encodable {
    struct Part: Encodable {
      var `class`: ClassNumber
      var count: Int
    }
    struct Node: Encodable {
      /// In pixels.
      var radius: Double
      var composition: [Part]
      var count: Int
      var children: [Node]
      var others: Int
    }
    var `class`: ClassNumber
    var name: String
    var root: Node
  }

  var shellDocuments: [ShellDocument] {
    func node(_ node: ShellTree.Node) -> ShellDocument.Node {
      .init(
        radius: node.radius,
        composition: node.composition.map { .init(class: ClassNumber(number(of: $0.label)), count: $0.count) },
        count: node.count, children: node.children.map(node(_:)), others: node.others)
    }
    return shells.map {
      ShellDocument(
        class: ClassNumber(number(of: $0.label)), name: names[number(of: $0.label)] ?? "", root: node($0.root))
    }
  }

  /// `summary.json`.
  public struct Summary: Encodable, Sendable {
    /// The result folder that was read, as the user typed it.
    public var input: String
    /// In the order of `kinds`.
    public var defects: [Defect]
    /// Number of displacements that were tested, and of those that are more than chance.
    public var tested, significant: Int
    /// The false discovery rate below which a displacement counts as significant.
    public var largestRate: Double
    /// Version of the program.
    public var version: String

    /// One kind of defect.
    public struct Defect: Encodable, Sendable {
      /// Numbers and names of the classes that mean the defect, joined by `+` and by `or`.
      public var classes, name: String
      /// Number of places in whole cells that hold the defect.
      public var count: Int
    }
  }

  /// What `summary.json` says; `input` is the result folder that was read.
  public func summary(input: String) -> Summary {
    Summary(
      input: input,
      defects: kinds.kinds.indices.map { kind in
        .init(classes: number(ofKind: kind), name: name(ofKind: kind), count: count(ofKind: kind))
      }, tested: relations.count, significant: relations.count { $0.qValue < Self.largestRate },
      largestRate: Self.largestRate, version: TesseraVersion.current)
  }

  func count(ofKind kind: Int) -> Int {
    guard let cells = structure.cells else { return 0 }
    return cells.types.reduce(0) { sum, type in sum + type.count * kinds.kinds(in: type).count { $0 == kind } }
  }

  /// The names of the classes of a kind.
  public func name(ofKind kind: Int) -> String {
    classes(of: kind).map { $0 > 0 ? names[number(of: $0)] ?? "" : "place without a site" }.joined(separator: " or ")
  }

  /// Writes the folder, whole or not at all.
  @discardableResult
  public func write(to path: String, input: String, replacing: Bool = false) throws -> Summary {
    let summary = summary(input: input)
    try AtomicOutput.folder(at: path, replacing: replacing, version: TesseraVersion.current) { folder in
      let files = ResultFiles(folder: folder, calibration: calibration)
      try files.write(table, as: "relations.csv")
      try files.writeJSON(shellDocuments, as: "shells.json")
      try files.writeJSON(summary, as: "summary.json")
      for file in report(input: input).files() { try files.write(file.data, as: file.path) }
    }
    return summary
  }

  /// What is more than chance, in sentences, the firmest first; one that says so where nothing is.
  public var sentences: [String] {
    let firm = relations.filter { $0.qValue < Self.largestRate && Self.isFirst($0) }
      .sorted { ($0.qValue, -$0.z) < ($1.qValue, -$1.z) }
    guard !firm.isEmpty else {
      return [
        structure.numbers.count < 2
          ? "the motifs are of one class, so no defects are told from the crystal and none can be related; that is no sign that there are none"
          : kinds.kinds.isEmpty
            ? "no class differs from the perfect crystal's in the brightness of its own columns, so there is no defect to relate"
            : "no two defects lie at any displacement more often than by chance (false discovery rate "
              + "\(Self.largestRate))"
      ]
    }
    return firm.map { relation in
      let text = LengthText(calibration: calibration)
      return
        "\(name(ofKind: relation.centre)) and \(name(ofKind: relation.other)), \(text(relation.displacement.length)) apart at "
        + "\(Text.fixed(relation.displacement.angle * 180 / .pi, 0)) degrees: \(relation.count) pairs, "
        + "\(Text.fixed(relation.expected, 1)) expected by chance (q \(Number.short(relation.qValue, digits: 2)))"
    }
  }

  /// Each pair of defects once.
  static func isFirst(_ relation: DefectRelations.Relation) -> Bool {
    let d = relation.displacement
    return relation.centre < relation.other
      || (relation.centre == relation.other && (d.y > 1e-6 || (abs(d.y) <= 1e-6 && d.x > 0)))
  }
}
