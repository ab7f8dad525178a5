import Foundation
import TesseraFigures
import TesseraFormats
import TesseraHDF5
import TesseraImaging
import TesseraNetworks
import TesseraNumerics

/// The folder of a training of defects: `regions.jsonl` grows with each group of micrographs, and a training that was interrupted goes on
/// in it. At its end stand `defects.tessera-model`, `training.csv` and `report.html`.
public struct DefectFolder: Sendable {
  /// Path of the folder, which need not exist yet.
  public let path: String
  /// Path of a model of the kind `particles`; nil: the network that comes with the program.
  public var particles: String?

  /// The folder at this path; nothing is read or made before `run`.
  public init(_ path: String) { self.path = path }

  /// Path of the model file that the training ends with.
  public var model: String { place("defects.\(NetworkModel.fileExtension)") }
  private var regions: String { place("regions.jsonl") }
  private func place(_ name: String) -> String { (path as NSString).appendingPathComponent(name) }

  /// The first line of `regions.jsonl`.
  private struct Head: Codable, Equatable {
    var training: DefectTraining
    var particles: String
  }

  /// Micrographs between two writings.
  private static let group = 8

  /// Simulates, finds, grows and writes.
  ///
  /// - Parameters:
  ///   - training: the settings; an interrupted training goes on with equal ones only.
  ///   - anew: whether an earlier training gives way.
  ///   - progress: is told the share of the micrographs that is done.
  /// - Returns: the number of regions.
  public func run(_ training: DefectTraining, anew: Bool = false, progress: (Double) -> Void = { _ in }) throws -> Int {
    try training.check()
    var finder = ParticleFinder()
    finder.model = particles
    let network = try particles.map { try NetworkModel(readFrom: $0, kind: .particles) } ?? .shippedParticles
    var head = Head(training: training, particles: network.checksum ?? "")
    head.training.fitter.seed = training.seed
    var (rows, done) = try earlier(head, anew: anew)
    while done < training.micrographs {
      let end = min(done + Self.group, training.micrographs)
      let found = try concurrentMap(count: end - done) { [done, finder] index in
        Result { try training.rows(of: done + index, finder: finder) }
      }.map { try $0.get() }
      rows += found.joined()
      done = end
      try write(head, rows, done: done)
      progress(Double(done) / Double(training.micrographs))
    }
    let (model, assessment) = try training.fitted(rows)
    try model.write(to: self.model, replacing: true)
    try AtomicOutput.file(at: place("training.csv"), replacing: true, contents: table(rows, training))
    for file in DefectReport(training: training, model: model, assessment: assessment, regionCount: rows.count).document
      .files()
    {
      let target = place(file.path)
      try AtomicOutput.makeFolder(at: (target as NSString).deletingLastPathComponent)
      try AtomicOutput.file(at: target, replacing: true, contents: file.data)
    }
    return rows.count
  }

  /// What an interrupted training of the same settings has found.
  private func earlier(_ head: Head, anew: Bool) throws -> (rows: [DefectTraining.Row], done: Int) {
    let files = FileManager.default
    guard files.fileExists(atPath: regions) else {
      if files.fileExists(atPath: path), try !files.contentsOfDirectory(atPath: path).isEmpty {
        throw FormatError(.cannotWrite, "\(path): is neither empty nor the folder of a training; name another")
      }
      try AtomicOutput.makeFolder(at: path)
      return ([], 0)
    }
    if anew { return ([], 0) }
    guard let data = files.contents(atPath: regions) else {
      throw FormatError(in: regions, "cannot be read; remove it to begin anew")
    }
    let lines = data.split(separator: 0x0A)
    let decoder = JSONDecoder()
    guard lines.count >= 2, let first = try? decoder.decode(Head.self, from: Data(lines[0])),
      let done = try? decoder.decode(Int.self, from: Data(lines[1]))
    else { throw FormatError(in: regions, "is no list of regions, or damaged; remove it to begin anew") }
    guard first == head else {
      throw FormatError(
        .cannotWrite,
        "\(path): holds a training with other settings (\(first.training.micrographs) micrographs, seed \(first.training.seed)); name another "
          + "folder, repeat its settings to go on, or replace it")
    }
    do {
      return (try lines.dropFirst(2).map { try decoder.decode(DefectTraining.Row.self, from: Data($0)) }, done)
    } catch { throw FormatError(in: regions, "is damaged; remove it to begin anew") }
  }

  private func write(_ head: Head, _ rows: [DefectTraining.Row], done: Int) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    var data = try encoder.encode(head) + Data("\n\(done)\n".utf8)
    for row in rows { data += try encoder.encode(row) + Data("\n".utf8) }
    try AtomicOutput.file(at: regions, replacing: true, contents: data)
  }

  private func table(_ rows: [DefectTraining.Row], _ training: DefectTraining) -> Data {
    var table = TableWriter(columns: ["micrograph", "class"] + training.features.names)
    for row in rows {
      table.add(["\(row.micrograph)", row.label.rawValue] + row.features.map { TableWriter.significant(Double($0)) })
    }
    return table.data
  }
}
