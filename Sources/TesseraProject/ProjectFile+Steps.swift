import Foundation
import GRDB
import TesseraFormats
import TesseraHDF5
import TesseraMethods

extension ProjectFile {
  /// The image; nil in a project that has just begun.
  public func image() throws -> ImageReference? {
    let text = try read { try String.fetchOne($0, sql: "SELECT content FROM fact WHERE name = 'image'") }
    return try text.map { try decoded(ImageReference.self, from: $0) }
  }

  /// The image of a project that is not opened, and not changed by the question; nil where it cannot be told.
  public static func image(ofProjectAt path: String) -> ImageReference? {
    var configuration = Configuration()
    configuration.readonly = true
    let text = try? DatabaseQueue(path: path, configuration: configuration).read { database in
      guard try Int.fetchOne(database, sql: "PRAGMA application_id") == applicationID else { return nil as String? }
      return try String.fetchOne(database, sql: "SELECT content FROM fact WHERE name = 'image'")
    }
    return text.flatMap { try? JSONDecoder().decode(ImageReference.self, from: Data($0.utf8)) }
  }

  /// Sets or replaces the image that the project works on.
  ///
  /// - Throws: `FormatError` where the project file cannot be written.
  public func setImage(_ image: ImageReference) throws {
    let text = try encoded(image)
    try write {
      try $0.execute(sql: "INSERT OR REPLACE INTO fact (name, content) VALUES ('image', ?)", arguments: [text])
    }
  }

  /// All steps.
  /// - Throws: `FormatError` where one cannot be read.
  public func history() throws -> ProjectHistory {
    let rows = try read { try Row.fetchAll($0, sql: "SELECT id, time, kind, content, isUndone FROM step ORDER BY id") }
    var entries: [ProjectHistory.Entry] = []
    for row in rows {
      let (kind, content): (String, String) = (row["kind"], row["content"])
      entries.append(
        .init(id: row["id"], time: Date(timeIntervalSince1970: row["time"]), step: try step(kind, content)))
    }
    let applied = rows.prefix { !($0["isUndone"] as Bool) }.count
    guard rows.dropFirst(applied).allSatisfy({ $0["isUndone"] as Bool }) else {
      throw FormatError(.unusable, "\(path ?? "the project"): the order of its steps is damaged")
    }
    return ProjectHistory(entries: entries, applied: applied)
  }

  /// Adds a step after those that hold; what had been undone is forgotten, with results that nothing leads to any more.
  /// - Returns: the step as it stands in the history.
  public func add(_ step: ProjectStep, at time: Date = Date()) throws -> ProjectHistory.Entry {
    let (kind, content) = try words(for: step)
    let id = try write { database in
      try database.execute(sql: "DELETE FROM step WHERE isUndone")
      try database.execute(
        sql: "INSERT INTO step (time, kind, content) VALUES (?, ?, ?)",
        arguments: [time.timeIntervalSince1970, kind, content])
      let id = database.lastInsertedRowID
      try database.execute(
        sql: """
          DELETE FROM bundle WHERE kind = 'result' AND id NOT IN
            (SELECT json_extract(content, '$.result') FROM step WHERE kind IN ('analysis', 'measurement'))
          """)
      return id
    }
    return .init(id: id, time: Date(timeIntervalSince1970: time.timeIntervalSince1970), step: step)
  }

  /// Marks a step as undone, or as done again.
  public func mark(_ entry: ProjectHistory.Entry, undone: Bool) throws {
    try write {
      try $0.execute(sql: "UPDATE step SET isUndone = ? WHERE id = ?", arguments: [undone, entry.id])
    }
  }

  private func words(for step: ProjectStep) throws -> (kind: String, content: String) {
    switch step {
    case .analysis(let analysis): ("analysis", try encoded(analysis))
    case .tree(let action): ("tree", try encoded(action))
    case .measurement(let measurement): ("measurement", try encoded(measurement))
    case .correction(let correction): ("correction", try encoded(correction))
    }
  }

  private func step(_ kind: String, _ content: String) throws -> ProjectStep {
    switch kind {
    case "analysis": .analysis(try analysis(from: content))
    case "measurement": .measurement(try decoded(ProjectStep.Measurement.self, from: content))
    case "tree": .tree(try decoded(TreeAction.self, from: content))
    case "correction": .correction(try decoded(Correction.self, from: content))
    default:
      throw FormatError(.unusable, "\(path ?? "the project"): holds a step '\(kind)', which this version does not know")
    }
  }

  private func analysis(from content: String) throws -> ProjectStep.Analysis {
    let analysis = try decoded(ProjectStep.Analysis.self, from: content)
    // Sites are numbered, and added columns after them.
    guard 0...Int(Int32.max) ~= analysis.siteCount else {
      throw FormatError(
        .unusable, "\(path ?? "the project"): states \(analysis.siteCount) sites of an analysis, which is damaged")
    }
    return analysis
  }

  private func encoded(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  private func decoded<Value: Decodable>(_ type: Value.Type, from text: String) throws -> Value {
    do { return try JSONDecoder().decode(type, from: Data(text.utf8)) } catch {
      throw FormatError(.unusable, "\(path ?? "the project"): a step of the project is damaged")
    }
  }
}
