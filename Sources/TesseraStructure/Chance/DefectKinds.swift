import TesseraNumerics

/// Which classes are defects of their own, and which only stand beside one.
///
/// A class is a defect where its columns are brighter or darker than the perfect crystal's at the same place of the cell, by more than
/// their errors, or are missing, unless a stronger defect nearly always stands beside it. The other rare classes are what a defect's
/// patch makes of its neighbours: they go where it goes. Rare classes of the usual brightness that mostly have no defect near are defects
/// of another nature. A class that fills a region, such as a second grain or a
/// precipitate, is a crystal of its own there.
public struct DefectKinds: Sendable, Equatable {
  /// A defect: classes at one place of the cell whose brightness differs, from one to the next, by less than 15 % of
  /// that of the perfect crystal.
  public struct Kind: Sendable, Equatable {
    /// The place in the cell: an index of `Cells.slots`; nil for sites beside all of them.
    public var slot: Int?
    /// The classes that mean this defect, rising; 0 is a place without site.
    public var classes: [Int]
    /// - Parameters:
    ///   - slot: an index of `Cells.slots`; nil for sites beside all of them.
    ///   - classes: the classes that mean this defect, rising; 0 is a place without site.
    public init(slot: Int?, classes: [Int]) { (self.slot, self.classes) = (slot, classes) }
  }

  /// By slot, then strength; sites beside all slots last. None in a Voronoi tiling.
  public let kinds: [Kind]
  /// Of each slot, by class.
  private let kindOfSlot: [[Int: Int]]
  private let kindOfExtra: [Int: Int]

  /// Columns of one kind differ by less than this share of the perfect crystal's brightness.
  static let leastContrast = 0.15
  /// Brightnesses differ if by so many standard errors of their difference: chance gives that to one of 370 classes.
  private static let leastErrors = 3.0
  /// A class of the usual brightness is a defect if more than this share of it has no defect near.
  private static let leastAloof = 0.5
  /// Fewer columns say little of the scatter of their class.
  private static let fewestScatter = 5
  /// "Near": so many cells away, along both edges.
  private static let near = 2

  /// A class fills regions if more than this share of its cells, and so many, have it in all cells around, of which most are known.
  private static let (leastInner, fewestInner, fewestAround) = (0.5, 9, 6)

  /// - Parameters:
  ///   - cells: of the image, with their types.
  ///   - dominant: types that are the perfect crystal, indices into `cells.types`; where no type is, the commonest class of each place is
  ///     its host.
  ///   - strengths: brightness of the columns of the classes 0, 1, 2, ...; of class 0, where no column is, 0.
  ///   - errors: standard errors of `strengths`, in its units; none where they are exact.
  public init(of cells: Cells, dominant: [Int], strengths: [Double], errors: [Double] = []) {
    // The cells of other grains may have more places; those of a Voronoi tiling have none.
    let places = cells.grid == nil ? 0..<0 : 0..<(cells.types.map(\.members.count).max() ?? 0)
    func labels(_ types: [Cells.CellType], at slot: Int) -> Set<Int> {
      Set(types.filter { $0.members.count > slot }.map { $0.members[slot] })
    }
    let filling = Self.filling(cells, at: places)
    let hosts = places.map { slot in
      (dominant.isEmpty
        ? Self.commonest(in: cells.types, at: slot) : labels(dominant.map { cells.types[$0] }, at: slot))
        .union(filling[slot])
    }
    let rare = places.map { labels(cells.types, at: $0).subtracting(hosts[$0]).sorted() }
    func strength(_ label: Int) -> Double { strengths.indices.contains(label) ? strengths[label] : .nan }
    /// The smallest difference that noise does not explain.
    func noise(_ a: Int, _ b: Int) -> Double {
      let known = [a, b].map { errors.indices.contains($0) ? errors[$0] : 0 }
      return Self.leastErrors * (known[0] * known[0] + known[1] * known[1]).squareRoot()
    }
    /// Whether columns of a class are as bright as those of one of the perfect crystal.
    func isUsual(_ label: Int, at slot: Int) -> Bool {
      hosts[slot].contains { host in
        let scale = max(abs(strength(host)), abs(strength(label)))
        // Unknown brightness tells nothing apart.
        return !(abs(strength(label) - strength(host)) > max(Self.leastContrast * scale, noise(label, host)))
      }
    }
    /// Marks of one place that are as bright as one another; what is of the usual brightness stands alone.
    func alike(_ marks: [Int], at slot: Int) -> [[Int]] {
      let scale = hosts[slot].map { abs(strength($0)) }.filter(\.isFinite).max() ?? 0
      var groups: [[Int]] = []
      var isOpen = false
      for label in marks.sorted(by: { (strength($0), $0) < (strength($1), $1) }) {
        let usual = isUsual(label, at: slot)
        if isOpen, !usual, let last = groups.last?.last,
          strength(label) - strength(last) < max(Self.leastContrast * scale, noise(label, last))
        {
          groups[groups.count - 1].append(label)
        } else {
          groups.append([label])
        }
        isOpen = !usual
      }
      return groups
    }
    let bright = places.map { slot in
      alike(rare[slot].filter { !isUsual($0, at: slot) }, at: slot).map { group in
        Group(
          classes: group,
          contrast: Self.contrast(
            of: group.map(strength), counts: group.map { Self.count(of: $0, at: slot, in: cells) },
            hosts: hosts[slot].map(strength)))
      }
    }
    var marks = Self.withoutSatellites(bright, in: cells)
    let aloof = Self.aloof(in: cells, rare: rare, marks: marks)
    for slot in marks.indices { marks[slot] += aloof[slot] }

    var kinds: [Kind] = []
    var kindOfSlot: [[Int: Int]] = []
    for slot in marks.indices {
      var known: [Int: Int] = [:]
      for group in alike(marks[slot], at: slot) {
        for label in group { known[label] = kinds.count }
        kinds.append(Kind(slot: slot, classes: group))
      }
      kindOfSlot.append(known)
    }
    var kindOfExtra: [Int: Int] = [:]
    for label in cells.grid == nil ? [] : Set(cells.types.flatMap(\.extras)).sorted() {
      kindOfExtra[label] = kinds.count
      kinds.append(Kind(slot: nil, classes: [label]))
    }
    self.kinds = kinds.map { Kind(slot: $0.slot, classes: $0.classes.sorted()) }
    (self.kindOfSlot, self.kindOfExtra) = (kindOfSlot, kindOfExtra)
  }

  /// - Parameters:
  ///   - cells: of the image, with their types.
  ///   - dominant: types that are the perfect crystal, indices into `cells.types`; where no type is, the commonest class of each place is
  ///     its host.
  ///   - heights: of the columns of all sites, any unit; 0 where none is, NaN where unknown.
  ///   - labels: the class of each site, 1 or more; 0 where it has none.
  public init(of cells: Cells, dominant: [Int], heights: [Double], labels: [Int]) {
    var known = [[Double]](repeating: [], count: (labels.max() ?? 0) + 1)
    for (height, label) in zip(heights, labels) where label > 0 && height.isFinite { known[label].append(height) }
    // Few misfitted columns shift the mean of a small class, not its median. One column tells nothing of its class's scatter: it has
    // that of all classes.
    let medians = known.map { $0.isEmpty ? .nan : Statistics.median($0) }
    let scatter = zip(known, medians).map { values, median in Statistics.mean(values.map { abs($0 - median) }) }
    let usual = Statistics.median(zip(known, scatter).filter { $0.0.count >= Self.fewestScatter }.map(\.1))
    let errors = zip(known, scatter).map { values, own -> Double in
      guard !values.isEmpty else { return 0 }
      let deviation = max(own, usual.isFinite ? usual : 0) * (Double.pi / 2).squareRoot()
      return deviation * (Double.pi / 2 / Double(values.count)).squareRoot()
    }
    // Class 0 is a place where no column is.
    self.init(
      of: cells, dominant: dominant, strengths: [0] + medians.dropFirst(), errors: [0] + errors.dropFirst())
  }

  /// The class that most cells have at a place, as a set.
  private static func commonest(in types: [Cells.CellType], at slot: Int) -> Set<Int> {
    var counts: [Int: Int] = [:]
    for type in types where type.members.count > slot { counts[type.members[slot], default: 0] += type.count }
    return Set(counts.max { ($0.value, -$0.key) < ($1.value, -$1.key) }.map { [$0.key] } ?? [])
  }

  /// Indices of the kinds of defect in cells of a type, one for each defect.
  public func kinds(in type: Cells.CellType) -> [Int] {
    zip(kindOfSlot, type.members).compactMap { $0[$1] } + type.extras.compactMap { kindOfExtra[$0] }
  }

  /// Of each slot the classes that fill regions.
  private static func filling(_ cells: Cells, at places: Range<Int>) -> [Set<Int>] {
    let map = CellMap(cells)
    return places.map { slot in
      func label(_ index: Int) -> Int? {
        cells.cells[index].type.flatMap { type in
          cells.types[type].members.count > slot ? cells.types[type].members[slot] : nil
        }
      }
      var counts: [Int: (all: Int, inner: Int)] = [:]
      for index in cells.cells.indices {
        guard let own = label(index) else { continue }
        let cell = cells.cells[index]
        let around = (-1...1).flatMap { dj in (-1...1).compactMap { di in map.cell(cell.i + di, cell.j + dj) } }
        let isInner = around.count >= fewestAround && around.allSatisfy { label($0) == own }
        counts[own, default: (0, 0)].all += 1
        counts[own, default: (0, 0)].inner += isInner ? 1 : 0
      }
      return Set(
        counts.filter {
          $0.value.inner >= fewestInner && Double($0.value.inner) > leastInner * Double($0.value.all)
        }.keys)
    }
  }

  /// Of each slot the rare classes that mostly have no marked class near.
  private static func aloof(in cells: Cells, rare: [[Int]], marks: [[Int]]) -> [[Int]] {
    let isMarked = cells.types.map { type in
      !type.extras.isEmpty || zip(marks, type.members).contains { $0.contains($1) }
    }
    let map = CellMap(cells)
    let nearby = cells.cells.indices.map { index -> Bool in
      let cell = cells.cells[index]
      return (-near...near).contains { dj in
        (-near...near).contains { di in
          map.cell(cell.i + di, cell.j + dj).flatMap { cells.cells[$0].type }.map { isMarked[$0] } ?? false
        }
      }
    }
    return rare.indices.map { slot in
      rare[slot].filter { label in
        guard !marks[slot].contains(label) else { return false }
        let held = cells.cells.indices.filter { index in
          cells.cells[index].type.map { type in
            cells.types[type].members.count > slot && cells.types[type].members[slot] == label
          } ?? false
        }
        return Double(held.count { !nearby[$0] }) > leastAloof * Double(held.count)
      }
    }
  }
}
