import Foundation
import TesseraFormats
import TesseraMethods
import TesseraNumerics

/// The motif-cells of an image: what they are made of, which lies in which, and where each is.
struct CellDocument: Encodable, Sendable {
  /// A cell that is not of the most frequent types.
  struct Place: Encodable, Sendable {
    /// In pixels.
    let x, y: Double
    let type: Int
    /// The motif-cell that its group is; null where the group is cut by the border, or too large.
    @Explicit var node: Int?
  }

  /// Why there are no motif-cells, which is a result and no failure; null where there are some.
  @Explicit var absence: String?
  /// `hierarchy.json`, as the result folder has it.
  let hierarchy: Hierarchy
  /// Lattice vectors in pixels; null without a lattice.
  @Explicit var lattice: Lattice?
  let places: [Place]

  fileprivate static func without(_ reason: String) -> CellDocument {
    CellDocument(
      absence: reason, hierarchy: .init(types: [], dominant: [], nodes: [], edges: []), lattice: nil, places: [])
  }

  /// The number of a class, `2` or `2.1`; in the file a number where it can be one.
  struct Label: Codable, Sendable {
    let text: String

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      text = try (try? container.decode(Int.self)).map(String.init) ?? container.decode(String.self)
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      try container.encode(text)
    }
  }

  struct Lattice: Codable, Sendable { let u, v: [Double] }

  struct Hierarchy: Codable, Sendable {
    struct Cell: Codable, Sendable { let i, j, type: Int }
    struct Part: Codable, Sendable {
      let label: Label
      let count: Int
    }
    struct Node: Codable, Sendable {
      let level, size, count, cellCount: Int
      let composition: [Part]
      let cells: [Cell]
      let occurrences: Int?
      let expected, pValue, qValue: Double?
    }
    struct Edge: Codable, Sendable { let lower, higher, difference: Int }
    struct CellType: Codable, Sendable {
      let type, count: Int
      let members, extras: [Label]
    }
    let types: [CellType]
    let dominant: [Int]
    let nodes: [Node]
    let edges: [Edge]
  }
}

extension ProjectSession {
  /// The motif-cells with the current classes.
  /// - Throws: `DataError` where nothing has been analysed.
  func cells() async throws -> CellDocument {
    let workFolder = workFolder
    return try await run { state in
      let folder = try Self.resultFolder(&state, below: workFolder)
      let decoder = JSONDecoder()
      decoder.keyDecodingStrategy = .convertFromSnakeCase
      struct Summary: Decodable { let lattice: CellDocument.Lattice? }
      func value<Value: Decodable>(_ type: Value.Type, _ name: String) -> Value? {
        FileManager.default.contents(atPath: folder.appendingPathComponent(name).path)
          .flatMap { try? decoder.decode(type, from: $0) }
      }
      let noLattice = "this result has no motif-cells: its columns share no lattice"
      guard let hierarchy = value(CellDocument.Hierarchy.self, "hierarchy.json") else { return .without(noLattice) }
      let table = folder.appendingPathComponent("cells.csv").path
      let cells = FileManager.default.fileExists(atPath: table) ? try CSVTable(path: table) : nil
      guard let cells, !hierarchy.nodes.isEmpty, let x = cells.column("x"), let y = cells.column("y"),
        let node = cells.column("node"), let type = cells.column("type")
      else {
        return .without(
          hierarchy.types.isEmpty
            ? noLattice
            : "no cell of this image differs from the most frequent ones, so there are no motif-cells")
      }
      return CellDocument(
        absence: nil, hierarchy: hierarchy, lattice: value(Summary.self, "summary.json")?.lattice,
        places: cells.rows.compactMap { row in
          guard let placeX = Double(row[x]), let placeY = Double(row[y]), let kind = Int(row[type]),
            !hierarchy.dominant.contains(kind)
          else { return nil }
          return .init(x: placeX, y: placeY, type: kind, node: Int(row[node]))
        })
    }
  }
}
