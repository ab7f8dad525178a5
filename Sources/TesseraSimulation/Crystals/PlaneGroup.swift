import TesseraNumerics

/// The 17 plane groups, by their short symbols. Source of symbols and operations: International Tables for
/// Crystallography, Vol. A (6th ed. 2016), chapter 2.2.
public enum PlaneGroup: String, Sendable, Codable, CaseIterable {
  /// The groups in the order of their numbers, 1 ... 17.
  case p1, p2, pm, pg, cm, pmm, pmg, pgg, cmm, p4, p4m, p4g, p3, p3m1, p31m, p6, p6m

  /// Metric of the cell.
  public enum Lattice: Sendable {
    /// In turn: no condition; a right angle; equal sides at a right angle; equal sides at 120 degrees.
    case oblique, rectangular, square, hexagonal
  }

  /// - Parameter name: the short or the full Hermann-Mauguin symbol: `pmm`, `p2mm`.
  public init?(name: String) {
    guard let group = Self.allCases.first(where: { $0.rawValue == name || $0.fullSymbol == name }) else { return nil }
    self = group
  }

  /// Full Hermann-Mauguin symbol.
  public var fullSymbol: String {
    switch self {
    case .p2: "p211"
    case .pm: "p1m1"
    case .pg: "p1g1"
    case .cm: "c1m1"
    case .pmm: "p2mm"
    case .pmg: "p2mg"
    case .pgg: "p2gg"
    case .cmm: "c2mm"
    case .p4m: "p4mm"
    case .p4g: "p4gm"
    case .p6m: "p6mm"
    default: rawValue
    }
  }

  /// What the operations of the group demand of the lengths and the angle of the cell.
  public var lattice: Lattice {
    switch self {
    case .p1, .p2: .oblique
    case .pm, .pg, .cm, .pmm, .pmg, .pgg, .cmm: .rectangular
    case .p4, .p4m, .p4g: .square
    case .p3, .p3m1, .p31m, .p6, .p6m: .hexagonal
    }
  }

  /// Whether the cell has a second lattice point in its middle.
  var isCentred: Bool { self == .cm || self == .cmm }

  /// Coordinates of the general position as the International Tables print them, those of the centring left out. The
  /// hexagonal cell has an angle of 120 degrees between a and b.
  private var generalPosition: String {
    switch self {
    case .p1: "x,y"
    case .p2: "x,y; -x,-y"
    case .pm, .cm: "x,y; -x,y"
    case .pg: "x,y; -x,y+1/2"
    case .pmm, .cmm: "x,y; -x,-y; -x,y; x,-y"
    case .pmg: "x,y; -x,-y; -x+1/2,y; x+1/2,-y"
    case .pgg: "x,y; -x,-y; -x+1/2,y+1/2; x+1/2,-y+1/2"
    case .p4: "x,y; -x,-y; -y,x; y,-x"
    case .p4m: "x,y; -x,-y; -y,x; y,-x; -x,y; x,-y; y,x; -y,-x"
    case .p4g: "x,y; -x,-y; -y,x; y,-x; -x+1/2,y+1/2; x+1/2,-y+1/2; y+1/2,x+1/2; -y+1/2,-x+1/2"
    case .p3: "x,y; -y,x-y; -x+y,-x"
    case .p3m1: "x,y; -y,x-y; -x+y,-x; -y,-x; -x+y,y; x,x-y"
    case .p31m: "x,y; -y,x-y; -x+y,-x; y,x; x-y,-y; -x,-x+y"
    case .p6: "x,y; -y,x-y; -x+y,-x; -x,-y; y,-x+y; x-y,x"
    case .p6m: "x,y; -y,x-y; -x+y,-x; -x,-y; y,-x+y; x-y,x; -y,-x; -x+y,y; x,x-y; y,x; x-y,-y; -x,-x+y"
    }
  }

  /// Every operation of the group but for the translations by a and b.
  public var operations: [PlaneOperation] {
    let operations = generalPosition.split(separator: ";").map(PlaneOperation.init)
    return operations + (isCentred ? operations.map { $0.moved(by: Point(0.5, 0.5)) } : [])
  }
}
