import Foundation
import Synchronization
import TesseraFormats
import TesseraImaging
import TesseraMethods
import TesseraNumerics
import TesseraServer
import TesseraSimulation
import TestSupport

/// A server for one test, in a folder of its own, with an image of two kinds of columns.
final class RunningServer: Sendable {
  let folder: TemporaryFolder
  private let work = TemporaryFolder()
  private let server: ScreenServer
  private let task: Task<Void, any Error>
  let address: URLComponents

  var token: String { address.queryItems?.first { $0.name == "token" }?.value ?? "" }
  var port: Int { address.port ?? 0 }
  /// Lets every request in.
  var client: AsyncClient {
    AsyncClient(client: LoopbackClient(port: port, headers: ["Cookie": "tessera-\(port)=\(token)"]))
  }

  /// - Parameter analyse: in the place of the analysis of the program.
  init(
    in folder: TemporaryFolder = TemporaryFolder(), opening names: [String] = ["scan.tif"],
    analyse: @escaping @Sendable (ScreenOrder, @escaping ScreenTools.Progress) throws -> ScreenOutcome = analyse
  ) async throws {
    self.folder = folder
    let tools = ScreenTools(
      open: { path in
        guard !path.hasSuffix("bad.tif") else { throw DataError("\(path): is no image") }
        return Self.image(called: (path as NSString).lastPathComponent)
      }, commands: Self.commands, run: analyse,
      commandLine: { command, settings, _, input in
        (["tessera", command, input] + settings.sorted { $0.key < $1.key }.map { "--\($0)=\($1)" })
          .joined(separator: " ")
      }, paragraph: { _, folder in try MethodsParagraph(MotifMethod.self, folder: folder) },
      sentence: { "\($0)" }, warn: { _ in })
    let server = ScreenServer(
      folder: URL(fileURLWithPath: folder.path), workFolder: URL(fileURLWithPath: work.path), tools: tools)
    self.server = server
    for name in names {
      if !folder.names.contains(name) {
        try Data(name.utf8).write(to: URL(fileURLWithPath: folder.path + "/" + name))
      }
      try server.open(folder.path + "/" + name)
    }
    let (addresses, continuation) = AsyncStream.makeStream(of: String.self)
    task = Task { try await server.run(port: 0) { continuation.yield($0) } }
    var first: String?
    for await address in addresses {
      first = address
      break
    }
    address = URLComponents(string: first ?? "") ?? URLComponents()
  }

  /// As the page knows them.
  private static let commands = [
    ScreenCommand(name: "analyze", abstract: "", options: [], takesColumns: true),
    ScreenCommand(
      name: "segment", abstract: "",
      options: [
        ScreenOption(
          name: "scribbles", group: "More", takesValue: true, valueName: "image", choices: nil, help: "", default: nil)
      ], takesColumns: false), ScreenCommand(name: "strain", abstract: "", options: [], takesColumns: true),
  ]

  deinit { task.cancel() }

  /// What lies in its work folder and below.
  var workNames: [String] { (try? FileManager.default.subpathsOfDirectory(atPath: work.path)) ?? [] }

  /// Ends the server, so that another may open its projects.
  func stop() async {
    task.cancel()
    _ = await task.result
    // The end of the program does the same; who still holds a request must not hold the files.
    server.close()
  }

  private static func image(called name: String) -> Micrograph {
    var options = SimulationOptions()
    (options.width, options.height) = (256, 256)
    var micrograph = try! Simulation(specimen: "square", options: options).run().micrograph
    micrograph.name = name
    return micrograph
  }

  /// What `analyze` does.
  static func analyse(
    _ order: ScreenOrder, progress: @escaping ScreenTools.Progress
  ) throws -> ScreenOutcome {
    guard order.command == "analyze" else { return try measure(order) }
    let known = try order.files["sites"].map { try KnownColumns(tableAt: $0) }
    let result = try MotifMethod().result(on: order.micrograph, columns: known) { try progress($0.rawValue, $1) }
    try ResultFolder(result, input: order.micrograph.name, hasReport: false).write(to: order.folder)
    return ScreenOutcome(sentences: result.sentences, warnings: result.warnings)
  }

  /// A measurement that writes little: a label map with what was drawn, or a map of strain.
  private static func measure(_ order: ScreenOrder) throws -> ScreenOutcome {
    guard order.settings["axis"] != "none" else { throw DataError("the image shows no lattice") }
    try FileManager.default.createDirectory(atPath: order.folder, withIntermediateDirectories: true)
    let (width, height) = (order.micrograph.width, order.micrograph.height)
    if let scribbles = order.files["scribbles"] {
      let labels = try ImageFile.open(path: scribbles).read().pixels.map { UInt16($0) }
      try TIFFWriter.write([labels], to: order.folder + "/segmentation.tif")
      try Data("label,pixels,fraction\n1,5,0.25\n2,15,0.75\n".utf8)
        .write(to: URL(fileURLWithPath: order.folder + "/patterns.csv"))
    } else {
      var page = Raster<Float>(width: width, height: height, filling: 0.01)
      page[0, 0] = .nan
      page[1, 0] = -0.01
      try TIFFWriter.write([page, page, page, page], to: order.folder + "/strain.tif")
    }
    return ScreenOutcome(sentences: ["measured."], warnings: order.files["sites"] == nil ? [] : ["with columns"])
  }

  /// The state of a project, once no job runs.
  func state(of project: Int = 1) async -> State {
    for _ in 0..<1200 {
      let answer = await client.ask("/api/projects/\(project)")
      if let state = State(answer), !state.isBusy { return state }
      try? await Task.sleep(for: .milliseconds(50))
    }
    return State(json: [:])
  }
}

/// What the page would show.
struct State {
  let json: [String: Any]

  init(json: [String: Any]) { self.json = json }

  init?(_ answer: LoopbackClient.Answer) {
    guard let json = (try? JSONSerialization.jsonObject(with: answer.body)) as? [String: Any] else { return nil }
    self.json = json
  }

  private var job: [String: Any]? { json["job"] as? [String: Any] }
  var isBusy: Bool { job != nil && failure == nil }
  var failure: String? { job?["failed"] as? String }
  var classes: [[String: Any]] { json["classes"] as? [[String: Any]] ?? [] }
  var numbers: [String] { classes.compactMap { $0["number"] as? String } }
  var names: [String] { classes.compactMap { $0["name"] as? String } }
  var sites: Int { (json["result"] as? [String: Any])?["sites"] as? Int ?? 0 }
  var undo: String? { json["undo"] as? String }
  var redo: String? { json["redo"] as? String }
  var message: String? { json["message"] as? String }
  var steps: [String] { (json["history"] as? [[String: Any]] ?? []).compactMap { $0["text"] as? String } }
}
