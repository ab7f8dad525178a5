import Foundation
import TesseraCommands
import TesseraFigures
import TesseraFormats
import TesseraImaging
import TesseraMethods
import TesseraNumerics

/// What Python asks for, as JSON.
struct Request: Decodable {
  enum Action: String, Decodable {
    /// The version, the settings of every command, and the colours of the figures.
    case describe
    /// An image of a file.
    case read
    /// A command on an image in memory.
    case run
    /// A command on a file, into a result folder.
    case write
    /// The folder of a batch, whose inputs are then begun, ended or failed one by one, until it is closed.
    case openBatch = "open_batch"
    case begin, end, fail
    case closeBatch = "close_batch"
    /// The columns of a large image: what its tiles share, those of a row of tiles into a file, and the table of all.
    case planTiles = "plan_tiles"
    case findTiles = "find_tiles"
    case joinTiles = "join_tiles"
  }

  var action: Action
  /// Number by which `tessera_stop` knows the call; nil: nobody will stop it.
  var call: Int?
  /// Path of `tessera-hdf5`, which reads HDF5 files.
  var helper: String?
  var command: String?
  /// The settings as words of a command line.
  var words: [String]?
  /// Nil: all cores.
  var threads: Int?
  /// How messages call an image in memory.
  var name: String?
  /// In nm, along x and y.
  var pixelSize: [Double]?
  /// A file to read.
  var path: String?
  var dataset: Int?
  var frame: Int?
  /// The result folder to write, the folder of a batch, or the file of a part or of a table.
  var folder: String?
  /// As the result states the input; nil: its path.
  var input: String?
  /// Of a batch: files, folders and patterns.
  var inputs: [String]?
  /// Whether complete inputs of a batch are done again, or an earlier result gives way.
  var force: Bool?
  /// Number of an open batch.
  var batch: Int?
  /// Number of an input of a batch.
  var job: Int?
  /// Of a large image: what its tiles share, and a row of them.
  var plan: String?
  var row: Int?
  var message: String?
  var status: Int32?
  var seconds: Double?

  /// Does what is asked.
  ///
  /// - Parameters:
  ///   - pixels: of the image in memory; nil where the action takes none.
  ///   - progress: called as each stage begins; may throw to stop.
  func reply(_ pixels: Raster<Float>?, progress: @escaping (Stage, Double) throws -> Void) throws -> Reply {
    switch action {
    case .describe: return describe()
    case .read: return try read()
    case .run: return try run(on: pixels, progress: progress)
    case .write:
      let path = try given(path, "path")
      try embedded().write(
        input ?? path, at: path, to: try given(folder, "folder"), threads: threads, progress: progress)
    case .openBatch: return try openBatch()
    case .begin: try given(batch).begin(try given(job, "job"))
    case .end: try given(batch).end(try given(job, "job"), seconds: seconds ?? 0)
    case .fail:
      try given(batch).fail(try given(job, "job"), message: message ?? "", status: status ?? 0, seconds: seconds ?? 0)
    case .closeBatch:
      // Others may work in the folder even where the report cannot be written.
      let number = try given(batch, "batch")
      defer { BatchCalls.close(number) }
      try BatchCalls.batch(number).finish()
    case .planTiles: return try planTiles()
    case .findTiles:
      try mosaic().write(
        row: try given(row, "row"), plan: try given(plan, "plan"), to: try given(folder, "folder"), threads: threads)
    case .joinTiles:
      var reply = Reply()
      reply.body.rows = try mosaic().join(
        try given(inputs, "inputs"), plan: try given(plan, "plan"), to: try given(folder, "folder"),
        replacing: force ?? false)
      return reply
    }
    return Reply()
  }

  private func describe() -> Reply {
    if let helper { ChildProcess.helper = [helper] }
    var reply = Reply()
    reply.body.version = TesseraVersion.current
    reply.body.settings = Dictionary(
      uniqueKeysWithValues: EmbeddedCommand.names.map { ($0, EmbeddedCommand.settings(of: $0)) })
    reply.body.fileSettings = Dictionary(
      uniqueKeysWithValues: EmbeddedCommand.names.map { ($0, EmbeddedCommand.settings(of: $0, onFiles: true)) })
    let looks = ClassStyle.styles(names: (0..<ClassStyle.colorCount).map { "\($0 + 1)" })
    reply.body.classColors = ([ClassStyle.unclassified] + looks).map(\.color.hexadecimal)
    return reply
  }

  private func read() throws -> Reply {
    let micrograph = try ImageFile.open(path: try given(path, "path")).read(dataset: dataset, frame: frame)
    let files = MemoryFiles()
    try ResultFiles(inMemory: files).writeImages([micrograph.pixels], names: [], as: "image")
    var reply = Reply(files: files.files)
    reply.body.name = micrograph.name
    reply.body.pixelSize = micrograph.calibration.map { [$0.nanometresPerPixelX, $0.nanometresPerPixelY] }
    reply.body.metadata = micrograph.metadata
    reply.body.warnings = micrograph.warnings
    return reply
  }

  private func run(on pixels: Raster<Float>?, progress: @escaping (Stage, Double) throws -> Void) throws -> Reply {
    let command = try embedded()
    var micrograph = Micrograph(name: name ?? "image", pixels: try given(pixels, "image"))
    if let size = pixelSize {
      guard size.count == 2, let calibration = Calibration(x: size[0], y: size[1]) else {
        throw ParameterError("pixel_size must be a positive length in nm, or two along x and y, but is \(size)")
      }
      micrograph.calibration = calibration
    }
    let answer = try command.answer(
      on: micrograph, threads: threads, folder: folder, replacing: force ?? false, progress: progress)
    var reply = Reply(files: answer.files)
    reply.body.summary = String(decoding: answer.summary, as: UTF8.self)
    reply.body.warnings = answer.warnings
    return reply
  }

  private func openBatch() throws -> Reply {
    let batch = try EmbeddedBatch(
      try given(command, "command"), words: words ?? [], inputs: try given(inputs, "inputs"),
      folder: try given(folder, "folder"), anew: force ?? false)
    var reply = Reply()
    (reply.body.batch, reply.body.jobs) = (BatchCalls.open(batch), batch.jobs)
    return reply
  }

  private func planTiles() throws -> Reply {
    let plan = try mosaic().plan()
    var reply = Reply()
    (reply.body.plan, reply.body.rows, reply.body.warnings) = (plan.json, plan.rows, plan.warnings)
    return reply
  }

  private func mosaic() throws -> EmbeddedMosaic {
    try EmbeddedMosaic(path: try given(path, "path"), words: words ?? [])
  }

  private func given(_ batch: Int?) throws -> EmbeddedBatch { try BatchCalls.batch(try given(batch, "batch")) }

  private func embedded() throws -> EmbeddedCommand {
    try EmbeddedCommand(try given(command, "command"), words: words ?? [])
  }

  private func given<Value>(_ value: Value?, _ name: String) throws -> Value {
    guard let value else { throw ParameterError("the request has no \(name)") }
    return value
  }
}
